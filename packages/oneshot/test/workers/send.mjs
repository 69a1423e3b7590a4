// Sends one value after the other, each through the next sender of the list, as fast as it can.
import { parentPort, workerData } from 'node:worker_threads';
import { Sender } from '@concurrency-lab/oneshot';

const { handles, size } = workerData;
let sent = 0;
handles.forEach((handle, i) => {
  const value = size === 0 ? i : { i, text: String(i).repeat(size) };
  if (Sender.from(handle).trySend(value)) sent++;
});
parentPort.postMessage(sent);
