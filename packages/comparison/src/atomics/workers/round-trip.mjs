// Answers every value by its negative: over shared words if it was given some, else over its port.

import { parentPort, workerData } from 'node:worker_threads';

if (workerData) {
  const words = workerData;
  for (let seen = 0; ;) {
    Atomics.wait(words, 0, seen);
    const value = Atomics.load(words, 0);
    if (value === seen) continue;
    seen = value;
    Atomics.store(words, 32, -value);
    Atomics.notify(words, 32);
  }
} else {
  parentPort.on('message', (value) => parentPort.postMessage(-value));
}
