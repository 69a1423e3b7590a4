// Pushes messages as fast as it can, each full of its number, and closes.
import { parentPort, workerData } from 'node:worker_threads';
import { OverwritingProducer } from '@concurrency-lab/spsc-ring';

const { handle, count } = workerData;
const producer = OverwritingProducer.from(handle);
for (let number = 0; number < count; number++) {
  const room = producer.reserve(64);
  new Int32Array(room.buffer, room.byteOffset, 16).fill(number);
  producer.commit();
}
producer.close();
parentPort.postMessage(count);
