// Sends back what comes, in each of the ways that are compared.
import { parentPort } from 'node:worker_threads';
import { Receiver, Sender } from '@concurrency-lab/oneshot';

parentPort.on('message', ({ words, count, port, spins, receivers, senders }) => {
  if (port !== undefined) {
    port.on('message', (value) => port.postMessage(value));
    parentPort.postMessage('ready');
  } else if (words !== undefined) {
    parentPort.postMessage('ready');
    for (let seen = 1; seen <= count; seen++) {
      while (Atomics.load(words, 0) !== seen) Atomics.wait(words, 0, seen - 1);
      Atomics.store(words, 32, seen);
      Atomics.notify(words, 32);
    }
  } else {
    const inbox = receivers.map((handle) => Receiver.from(handle, { spins }));
    const outbox = senders.map((handle) => Sender.from(handle));
    parentPort.postMessage('ready');
    inbox.forEach((receiver, i) => outbox[i].send(receiver.receive()));
  }
});
