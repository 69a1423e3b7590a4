// Sends one value after the other, each through the next sender of the list, as fast as it can.
import { workerData } from 'node:worker_threads';
import { Sender } from '@concurrency-lab/oneshot';

for (const [i, handle] of workerData.entries()) Sender.from(handle).trySend({ i, text: String(i).repeat(5) });
setInterval(() => {}, 60_000); // to be ended
