import { parentPort, workerData } from 'node:worker_threads';
import { CancelToken, unpark } from '@concurrency-lab/atomics';

const { words, handle } = workerData;
const token = CancelToken.from(handle);
words[1] = 77;
Atomics.store(words, 0, 1);
unpark(words, 0);
while (!token.isCancelled); // runs no event
parentPort.postMessage('cancelled');
