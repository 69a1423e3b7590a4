// The least that can be done: one word wakes, one word answers.
import { workerData as words } from 'node:worker_threads';

for (let seen = 1; ; seen++) {
  while (Atomics.load(words, 0) !== seen) Atomics.wait(words, 0, seen - 1);
  Atomics.store(words, 33, (await Atomics.load(words, 1)) * 3);
  Atomics.store(words, 32, seen);
  Atomics.notify(words, 32);
}
