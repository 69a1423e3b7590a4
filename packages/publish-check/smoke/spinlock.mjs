// Uses the locks of the installed package with real threads, on whatever runtime runs this file.

import { Worker } from 'node:worker_threads';
import { Mutex, OwnerDiedError, SpinLock, TicketLock } from '@concurrency-lab/spinlock';
import { check, report } from './support/report.mjs';

const TIMES = { Mutex: 100_000, SpinLock: 50_000, TicketLock: 2000 };

function start(workerData) {
  const worker = new Worker(new URL('workers/spinlock.mjs', import.meta.url), { workerData });
  const answer = new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  return { worker, answer };
}

// Blocking threads and this one, which does not block, enter; each adds its own number.
for (const Lock of [Mutex, SpinLock, TicketLock]) {
  const lock = Lock.create();
  const room = new Int32Array(new SharedArrayBuffer(8));
  const times = TIMES[Lock.name];
  const workers = [1, 1000].map((me) => start({ name: Lock.name, handle: lock.handle, room, me, times }));
  for (let i = 0; i < 50; i++) await lock.withLockAsync(() => (room[1] += 7));
  for (const { answer } of workers) check((await answer) === 0, `${Lock.name} let two in at once`);
  check(room[1] === 1001 * times + 350, `${Lock.name} lost an increment`);
  check(!lock.isLocked, `${Lock.name} is free`);
}

// A wait is given up, and nothing is held then.
const mutex = Mutex.create();
const there = Mutex.from(mutex.handle);
mutex.lock();
const code = await there.lockAsync({ timeout: 5 }).catch((error) => error.code);
check(code === 'ERR_TIMEOUT' && !there.isHeld, 'a timeout');
mutex.unlock();

// A worker dies in the critical section.
const loan = mutex.lend();
const room = new Int32Array(new SharedArrayBuffer(8));
const borrower = start({ name: 'Mutex', handle: loan.handle, room, dies: true });
check((await borrower.answer) === 'inside', 'the borrower is inside');
const waiting = mutex.lockAsync().catch((error) => error);
await borrower.worker.terminate();
check(loan.revoke(), 'it died inside');
check((await waiting) instanceof OwnerDiedError, 'who waits is told');
const guard = mutex.recover();
check(guard?.isHeld && room[1] === 5, 'its data is recovered');
guard.unlock();
check(
  mutex.withLock(() => true),
  'the mutex is as before',
);

report();
