// Answers a change of word 0 by storing the same in word 32; a negative value ends it. It spins for a
// while and then sleeps, which word 64 says. It imports its own package, which is that of its own
// commit.

import { workerData as words } from 'node:worker_threads';
import { Backoff, park } from '@concurrency-lab/atomics';

for (let seen = 0; seen >= 0;) {
  for (const backoff = new Backoff(); Atomics.load(words, 0) === seen && !backoff.isCompleted;) backoff.spin();
  if (Atomics.load(words, 0) === seen) {
    Atomics.store(words, 64, 1);
    park(words, 0, seen);
    Atomics.store(words, 64, 0);
    continue;
  }
  seen = Atomics.load(words, 0);
  Atomics.store(words, 32, seen);
}
