// Sends the numbers from 1 to `count` through the ring, in the way it is told, and closes it.
import { parentPort, workerData } from 'node:worker_threads';
import { Producer } from '@concurrency-lab/spsc-ring';

const { handle, count, way, block = 100 } = workerData;
const producer = Producer.from(handle);
const items = new Int32Array(block);
for (let sent = 0; sent < count;) {
  if (way === 'push') {
    while (!producer.push(sent + 1));
    sent++;
  } else if (way === 'send') producer.send(++sent);
  else if (way === 'sendAsync') await producer.sendAsync(++sent);
  else {
    // Blocks of changing lengths, up to `block`, so that they wrap everywhere.
    const length = Math.min(count - sent, 1 + ((sent * 7) % block));
    for (let i = 0; i < length; i++) items[i] = sent + i + 1;
    if (way === 'sendMany') {
      producer.sendMany(items.subarray(0, length));
      sent += length;
    } else if (way === 'pushMany') sent += producer.pushMany(items, 0, length);
    else {
      const { first, second, length: free } = producer.reserve(length);
      first.set(items.subarray(0, first.length));
      second.set(items.subarray(first.length, free));
      sent += producer.commit(free);
    }
  }
}
producer.close();
parentPort.postMessage('sent');
