// Waits for each number in words[0] and answers it in words[1], until it sees a negative one.
import { parentPort, workerData } from 'node:worker_threads';
import { park, unpark } from '@concurrency-lab/atomics';

const { words } = workerData;
for (let seen = 0; seen >= 0;) {
  park(words, 0, seen);
  const value = Atomics.load(words, 0);
  if (value === seen) continue;
  seen = value;
  Atomics.store(words, 1, value * 3);
  unpark(words, 1);
}
parentPort.postMessage('done');
