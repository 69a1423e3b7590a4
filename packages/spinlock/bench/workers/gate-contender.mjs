// Contends for a lock when word 0 changes, adds to word 64 in each section, and says in word 32 that it is
// done; a negative value ends it. It imports its own package, which is that of its own commit.

import { workerData } from 'node:worker_threads';
import { Mutex, SpinLock } from '@concurrency-lab/spinlock';

const { name, handle, words, times } = workerData;
const lock = { Mutex, SpinLock }[name].from(handle);
for (let turn = 0; ;) {
  Atomics.wait(words, 0, turn);
  const next = Atomics.load(words, 0);
  if (next < 0) break;
  if (next === turn) continue;
  turn = next;
  for (let i = 0; i < times; i++) {
    lock.lock();
    words[64]++;
    lock.unlock();
  }
  Atomics.store(words, 32, turn);
}
