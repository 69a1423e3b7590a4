// Receives as it is told to, and reports what came of it.
import { parentPort, workerData } from 'node:worker_threads';
import { Receiver } from '@concurrency-lab/oneshot';

const { handle, way, options } = workerData;
const receiver = Receiver.from(handle);
parentPort.postMessage('ready');
try {
  const value = way === 'blocking' ? receiver.receive(options) : await receiver.receiveAsync(options);
  parentPort.postMessage({ value });
} catch (error) {
  parentPort.postMessage({ code: error.code });
}
