// Answers questions. With nothing else to do, it blocks between them.
import { workerData } from 'node:worker_threads';
import { Receiver, Sender } from '@concurrency-lab/oneshot';

const answer = async (question) => question * 3;

for (let inbox = Receiver.from(workerData); ;) {
  const { question, reply, next } = inbox.receive();
  const sender = Sender.from(reply);
  try {
    sender.trySend(await answer(question));
  } catch (error) {
    sender.fail(error);
  }
  inbox = Receiver.from(next);
}
