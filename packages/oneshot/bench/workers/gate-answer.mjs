// Answers a number by the next; a negative one ends it. Each question brings the channel of its answer and
// that of the next question. It imports its own package, which is that of its own commit.

import { workerData } from 'node:worker_threads';
import { Receiver, Sender } from '@concurrency-lab/oneshot';

for (let inbox = Receiver.from(workerData); ;) {
  const { question, reply, next } = inbox.receive();
  if (question < 0) break;
  inbox = Receiver.from(next);
  Sender.from(reply).send(question + 1);
}
