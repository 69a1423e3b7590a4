import { parentPort, workerData } from 'node:worker_threads';
import { Producer } from '@concurrency-lab/spsc-ring';

const { handle, count, way } = workerData;
const producer = Producer.from(handle);
if (way === 'push') {
  for (let item = 1; item <= count; item++) while (!producer.push(item));
} else if (way === 'sendMany') {
  for (let sent = 0; sent < count; sent += 50) {
    producer.sendMany(Float64Array.from({ length: 50 }, (_, i) => sent + i + 1));
  }
} else {
  for (let item = 1; item <= count; item++) {
    if (way === 'send') producer.send(item);
    else await producer.sendAsync(item);
  }
}
producer.close();
parentPort.postMessage('sent');
