// Enters a lock many times; or enters a mutex and stays, to be terminated.

import { parentPort, workerData } from 'node:worker_threads';
import { Mutex, SpinLock, TicketLock } from '@concurrency-lab/spinlock';

const { name, handle, room, me, times, dies } = workerData;
const lock = { Mutex, SpinLock, TicketLock }[name].from(handle);
if (dies) {
  lock.lock();
  room[1] = 5;
  parentPort.postMessage('inside');
  setInterval(() => {}, 1000);
} else {
  let meetings = 0;
  for (let i = 0; i < times; i++) {
    lock.lock();
    if (room[0] !== 0) meetings++;
    room[0] = me;
    room[1] += me;
    if (room[0] !== me) meetings++;
    room[0] = 0;
    lock.unlock();
  }
  parentPort.postMessage(meetings);
}
