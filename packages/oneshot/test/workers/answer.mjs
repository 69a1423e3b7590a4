// Answers questions: each brings the sender for its answer and the receiver of the next one.
import { workerData } from 'node:worker_threads';
import { Receiver, Sender } from '@concurrency-lab/oneshot';

let inbox = Receiver.from(workerData);
for (;;) {
  let asked;
  try {
    asked = inbox.receive({ timeout: 100_000 });
  } catch (error) {
    if (error.code !== 'ERR_CLOSED') throw error;
    break;
  }
  inbox = Receiver.from(asked.next);
  const reply = Sender.from(asked.reply);
  if (asked.question === 'throw') reply.fail(new RangeError('asked to'));
  else if (asked.question === 'exit') process.exit();
  else if (asked.question === 'silence') continue;
  else reply.trySend(asked.question * 3);
}
