// Receives until the end, blocking, and answers each message, blocking.
import { workerData } from 'node:worker_threads';
import { MpscReceiver, MpscSender } from '@concurrency-lab/runtime';

const receiver = MpscReceiver.from(workerData.receiver);
const sender = MpscSender.from(workerData.sender);
try {
  for (;;) sender.send(`got ${receiver.receive()}`);
} catch (error) {
  if (error.code !== 'ERR_CLOSED') throw error;
}
sender.close();
