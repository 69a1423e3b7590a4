// The thread that takes messages: told how many will come, it answers with their checksum.

import { parentPort, workerData } from 'node:worker_threads';

const { what, handle } = workerData;
const last = 63;

function answerTo(numbers) {
  parentPort.on('message', (count) => parentPort.postMessage(numbers(count)));
}

if (what === 'posted') {
  let left = 0;
  let sum = 0;
  parentPort.on('message', (data) => {
    if (typeof data === 'number') {
      left = data;
      sum = 0;
      return;
    }
    sum += data[0] + 3 * data[last];
    if (--left === 0) parentPort.postMessage(sum);
  });
} else {
  const { ByteConsumer } = await import('@concurrency-lab/spsc-ring');
  const consumer = ByteConsumer.from(handle);
  if (what === 'popped') {
    const bytes = new Uint8Array(64);
    answerTo((count) => {
      let sum = 0;
      for (let taken = 0; taken < count; taken++) {
        while (consumer.popInto(bytes) === undefined);
        sum += bytes[0] + 3 * bytes[last];
      }
      return sum;
    });
  } else {
    answerTo((count) => {
      let sum = 0;
      for (let taken = 0; taken < count; taken++) {
        const bytes = consumer.receive();
        sum += bytes[0] + 3 * bytes[last];
      }
      return sum;
    });
  }
}
