// Parks on words[0] as it is told to, says in words[1] that it is about to, and reports.
import { parentPort, workerData } from 'node:worker_threads';
import { CancelToken, park } from '@concurrency-lab/atomics';

const { words, handle, timeout } = workerData;
const signal = handle === undefined ? undefined : CancelToken.from(handle);
Atomics.add(words, 1, 1);
Atomics.notify(words, 1);
try {
  parentPort.postMessage(park(words, 0, 0, { signal, timeout }));
} catch (error) {
  parentPort.postMessage({ name: error.name, code: error.code });
}
