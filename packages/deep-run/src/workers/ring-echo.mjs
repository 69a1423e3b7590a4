// Sends back what it gets, until there is no more.
import { workerData } from 'node:worker_threads';
import { Consumer, Producer } from '@concurrency-lab/spsc-ring';

const from = Consumer.from(workerData.from);
const to = Producer.from(workerData.to);
try {
  for (;;) to.send(from.receive());
} catch (error) {
  if (error.code !== 'ERR_CLOSED') throw error;
}
