// Answers a change of word 0 by storing the same in word 32; a negative value ends it. It imports
// its own package, which is that of its own commit.

import { workerData as words } from 'node:worker_threads';
import { park, unpark } from '@concurrency-lab/atomics';

for (let seen = 0; seen >= 0;) {
  park(words, 0, seen);
  const value = Atomics.load(words, 0);
  if (value === seen) continue;
  seen = value;
  Atomics.store(words, 32, value);
  unpark(words, 32);
}
