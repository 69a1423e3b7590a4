// Answers each number that comes, half a millisecond later, when the other thread sleeps.
import { workerData } from 'node:worker_threads';

const { words, handle, sent } = workerData;
const waker = handle === undefined ? undefined : (await import('@concurrency-lab/mini-exec')).SharedWaker.from(handle);
for (let n = 1; ; n++) {
  while (Atomics.load(words, 1) !== n) Atomics.wait(words, 1, n - 1);
  const asked = performance.now();
  while (performance.now() - asked < 0.5);
  sent[0] = performance.timeOrigin + performance.now(); // plain: published by the store
  Atomics.store(words, 0, n);
  if (waker === undefined) Atomics.notify(words, 0);
  else waker.wake();
}
