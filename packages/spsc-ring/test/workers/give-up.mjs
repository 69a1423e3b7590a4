// Waits in vain, without blocking; then nothing keeps this thread alive.
import { parentPort, workerData } from 'node:worker_threads';
import { Consumer } from '@concurrency-lab/spsc-ring';

const consumer = Consumer.from(workerData);
const controller = new AbortController();
const waits = [
  consumer.receiveAsync({ timeout: 1 }),
  consumer.receiveAsync({ signal: controller.signal }),
  consumer.receiveAsync({ timeout: 5 }),
];
controller.abort();
const ended = await Promise.allSettled(waits);
parentPort.postMessage(ended.map(({ reason }) => reason.name));
