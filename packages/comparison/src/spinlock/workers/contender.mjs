// A thread that contends while control[0] is 1, and sleeps while it is 0. Says in control[32] that
// it sleeps; counts plainly in control[64], by itself in a word of its own.

import { workerData } from 'node:worker_threads';

const { index, name, lock: shared, control } = workerData;
const own = 32 * (index + 3);

async function open() {
  if (name !== 'multithreading') {
    const { locks } = await import('../../../../spinlock/bench/locks.mjs');
    return locks[name].open(shared);
  }
  const { Mutex } = await import('multithreading');
  const mutex = new Mutex(undefined, shared.buffer);
  let guard;
  return {
    lock() {
      guard = mutex.blockingLock();
    },
    unlock() {
      guard.dispose();
    },
  };
}

const lock = await open();
for (;;) {
  Atomics.add(control, 32, 1);
  Atomics.wait(control, 0, 0);
  let count = 0;
  while (Atomics.load(control, 0) === 1) {
    for (let i = 0; i < 8; i++) {
      lock.lock();
      control[64]++;
      lock.unlock();
    }
    count += 8;
  }
  control[own] = count;
}
