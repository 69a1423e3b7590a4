// Enters a lock many times, and writes down plainly that it was there.

import { parentPort, workerData } from 'node:worker_threads';
import { Mutex, SpinLock, TicketLock } from '@concurrency-lab/spinlock';

const { name, handle, room, me, times, isAsync } = workerData;
const lock = { Mutex, SpinLock, TicketLock }[name].from(handle);
let meetings = 0;

function enter() {
  if (room[0] !== 0) meetings++;
  room[0] = me;
  room[1] += me; // each adds its own number: a lost one shows whose it was
  if (room[0] !== me) meetings++;
  room[0] = 0;
}

if (isAsync) for (let i = 0; i < times; i++) await lock.withLockAsync(enter);
else {
  for (let i = 0; i < times; i++) {
    lock.lock();
    enter();
    lock.unlock();
  }
}
parentPort.postMessage(meetings);
