// Uses what the installed package builds on its locks, with real threads, on whatever runtime
// runs this file. Prints what ran, as one line of JSON; exits with 1 at any surprise.

import { Worker } from 'node:worker_threads';
import { Barrier, Condvar, Mutex, Once, RwLock, Semaphore } from '@concurrency-lab/spinlock';
import { check, report } from './support/report.mjs';

const threads = 3;
const rounds = 300;
const lock = RwLock.create();
const semaphore = Semaphore.create({ permits: 2 });
const mutex = Mutex.create();
const changed = Condvar.create();
const barrier = Barrier.create({ parties: threads });
const once = Once.create();
const handles = {
  lock: lock.handle,
  semaphore: semaphore.handle,
  mutex: mutex.handle,
  changed: changed.handle,
  barrier: barrier.handle,
  once: once.handle,
};

// Without another thread: each of the ways to wait.
const guard = lock.write();
check(lock.tryRead() === undefined && lock.isWriting, 'a writer is alone');
const reading = guard.downgrade();
check(lock.readers === 1, 'a writer goes on as a reader');
reading.unlock();
const both = semaphore.acquire(2);
const third = semaphore.acquireAsync();
check(semaphore.tryAcquire() === undefined, 'no permit is left');
both.release();
(await third).release();
check(semaphore.available === 2, 'permits are given back');
await mutex.withLockAsync(async () => {
  let error;
  await changed.waitAsync(mutex, { timeout: 5 }).catch((reason) => (error = reason));
  check(error?.code === 'ERR_TIMEOUT' && mutex.isHeld, 'a wait gives up, with the mutex held');
});
let wait;
await barrier.waitAsync({ timeout: 5 }).catch((reason) => (wait = reason));
check(wait?.code === 'ERR_TIMEOUT' && barrier.arrived === 0, 'an arrival is taken back');

// Threads that block, beside this one, which does not.
const words = new Int32Array(new SharedArrayBuffer(4 * 6));
const log = new Int32Array(new SharedArrayBuffer(4 * threads * rounds));
const workers = Array.from({ length: threads }, (_, id) => {
  const worker = new Worker(new URL('workers/spinlock-sync.mjs', import.meta.url), {
    workerData: { handles, words, log, id, rounds },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
});
let torn = 0;
for (let i = 0; i < 100; i++) {
  await lock.withReadAsync(() => void (words[1] === words[2] || torn++));
  (await semaphore.acquireAsync()).release();
}
const ran = await once.runAsync(() => void words[0]++);
const seen = await Promise.all(workers);

check(torn === 0 && seen.every((one) => one.torn === 0), 'nobody reads what is half written');
check(seen.every((one) => one.most <= 2) && words[3] === 0, 'no more are inside than there are permits');
check([ran, ...seen.map((one) => one.ran)].filter(Boolean).length === 1 && words[0] === 1, 'one of all ran it');
check(
  seen.every((one) => one.early === 0),
  'it was done when the others went on',
);
check(seen.reduce((sum, { led }) => sum + led, 0) === rounds / 10, 'each meeting has one leader');
const inTurns = Array.from(log, (_, i) => rounds * (i % threads) + Math.floor(i / threads));
check(
  inTurns.every((value, i) => log[i] === value),
  'threads take turns',
);

report();
