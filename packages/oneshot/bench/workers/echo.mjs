// Answers what it is sent, in each of the ways that the bench compares.
import { parentPort, workerData } from 'node:worker_threads';
import { Receiver, Sender } from '@concurrency-lab/oneshot';

const { words, port } = workerData;
port.on('message', (value) => port.postMessage(value));
parentPort.on('message', ({ bare, spins, receivers, senders, end }) => {
  if (end) {
    port.close();
    parentPort.close();
  } else if (bare !== undefined) {
    parentPort.postMessage('ready');
    for (let i = 1; i <= bare; i++) {
      while (Atomics.load(words, 0) !== i) Atomics.wait(words, 0, i - 1);
      Atomics.store(words, 1, i);
      Atomics.notify(words, 1);
    }
  } else {
    const inbox = receivers.map((handle) => Receiver.from(handle, { spins }));
    const outbox = senders.map((handle) => Sender.from(handle));
    parentPort.postMessage('ready');
    inbox.forEach((receiver, i) => outbox[i].send(receiver.receive()));
  }
});
parentPort.postMessage('ready');
