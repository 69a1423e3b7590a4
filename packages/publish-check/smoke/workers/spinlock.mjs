// Enters a lock many times; or enters a mutex and stays, to be terminated.

import { parentPort, workerData } from 'node:worker_threads';
import * as locks from '@concurrency-lab/spinlock';

const { name, handle, room, me, times, dies } = workerData;
const lock = locks[name].from(handle);
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
