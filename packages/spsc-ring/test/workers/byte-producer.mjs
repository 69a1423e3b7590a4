// Sends messages of all lengths, each made of its number, and closes; or dies in the middle of one.
import { parentPort, workerData } from 'node:worker_threads';
import { ByteProducer } from '@concurrency-lab/spsc-ring';

const { handle, count, dies } = workerData;
const producer = ByteProducer.from(handle);
for (let number = 0; number < count; number++) {
  producer.send(new Uint8Array(1 + ((number * 7) % 60)).fill(number));
}
if (dies) {
  producer.reserve(20).fill(0xff);
  process.exit();
}
producer.close();
parentPort.postMessage('done');
