// Takes numbers out of the ring until it ends or the order breaks; reports how many came and what was wrong.
import { parentPort, workerData } from 'node:worker_threads';
import { Consumer } from '@concurrency-lab/spsc-ring';

const { handle, stopAfter = Infinity } = workerData;
const consumer = Consumer.from(handle);
let taken = 0;
let wrong;
try {
  for (;;) {
    const item = consumer.receive();
    taken++;
    if (item !== taken) wrong ??= { item, taken };
    if (taken === stopAfter) consumer.close();
  }
} catch (error) {
  parentPort.postMessage({ taken, wrong, code: error.code });
}
