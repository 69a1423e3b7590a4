// Counts in a synchronous loop, which runs no event, until the token is cancelled.
import { parentPort, workerData } from 'node:worker_threads';
import { CancelToken } from '@concurrency-lab/atomics';

const { handle, words } = workerData;
const token = CancelToken.from(handle);
let rounds = 0;
while (!token.isCancelled) {
  rounds++;
  Atomics.store(words, 0, 1);
}
// Written by the cancelling thread with plain writes, before it cancelled.
parentPort.postMessage({ rounds, seen: [...words.subarray(1)] });
