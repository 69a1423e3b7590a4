// Tries to place a token at the same byte as other workers do, all at the same moment.
import { parentPort, workerData } from 'node:worker_threads';
import { CancelToken } from '@concurrency-lab/atomics';

const { buffer, gate, workers } = workerData;
const places = buffer.byteLength / CancelToken.BYTES;
let placed = 0;
for (let i = 0; i < places; i++) {
  Atomics.add(gate, 0, 1);
  while (Atomics.load(gate, 0) < workers * (i + 1));
  try {
    CancelToken.at(buffer, i * CancelToken.BYTES);
    placed++;
  } catch (error) {
    if (error.code !== 'ERR_INVALID_REGION') throw error;
  }
}
parentPort.postMessage(placed);
