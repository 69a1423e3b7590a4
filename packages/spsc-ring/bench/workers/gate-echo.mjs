// Sends back what comes, spinning, while word 0 is 1. A zero ends the turn: it sets the word to 0 and sleeps
// until the next. A negative number ends it all. It imports its own package, which is that of its own commit.

import { workerData } from 'node:worker_threads';
import { Consumer, Producer } from '@concurrency-lab/spsc-ring';

const { words } = workerData;
const inbox = Consumer.from(workerData.inbox);
const outbox = Producer.from(workerData.outbox);
for (;;) {
  if (Atomics.load(words, 0) === 0) Atomics.wait(words, 0, 0);
  const value = inbox.pop();
  if (value === undefined) continue;
  if (value < 0) break;
  if (value === 0) Atomics.store(words, 0, 0);
  outbox.push(value);
}
