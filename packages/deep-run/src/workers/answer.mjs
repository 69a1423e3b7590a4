// Answers questions with their triple, or throws if asked to.
import { workerData } from 'node:worker_threads';
import { Receiver, Sender } from '@concurrency-lab/oneshot';

for (let inbox = Receiver.from(workerData); inbox !== undefined;) {
  try {
    const { question, reply, next } = inbox.receive();
    inbox = Receiver.from(next);
    const sender = Sender.from(reply);
    if (question === 'throw') sender.fail(new RangeError('asked to'));
    else sender.trySend(question * 3);
  } catch (error) {
    if (error.code !== 'ERR_CLOSED') throw error;
    inbox = undefined;
  }
}
