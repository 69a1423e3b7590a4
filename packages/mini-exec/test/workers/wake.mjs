// Wakes a task of the thread that started it, after each number that it writes for it.
import { parentPort, workerData } from 'node:worker_threads';
import { SharedWaker } from '@concurrency-lab/mini-exec';

const { words, handle, from, to } = workerData;
const waker = SharedWaker.from(handle);
for (let n = from; n <= to; n++) {
  words[1] = n * 7; // plain: the wake-up publishes it
  Atomics.store(words, 0, n);
  waker.wake();
  while (Atomics.load(words, 2) !== n) Atomics.wait(words, 2, n - 1, 1000);
}
parentPort.postMessage('done');
