// Borrows a mutex, and never ends by itself: it is terminated holding it, or waiting for it.

import { workerData } from 'node:worker_threads';
import { Mutex } from '@concurrency-lab/spinlock';

const { handle, data, ready } = workerData;
const mutex = Mutex.from(handle);
const say = () => {
  Atomics.store(ready, 0, 1);
  Atomics.notify(ready, 0);
};
if (mutex.isLocked) say();
mutex.lock();
data[0] = data[0] + 1; // and not data[1], which is to be equal
say();
Atomics.wait(ready, 1, 0);
