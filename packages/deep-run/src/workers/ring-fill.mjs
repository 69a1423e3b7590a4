// Sends numbers for ever, one by one and in blocks, to be ended in the middle of it.
import { workerData } from 'node:worker_threads';
import { Producer } from '@concurrency-lab/spsc-ring';

const producer = Producer.from(workerData);
for (let next = 1; ;) {
  const { first, length } = producer.reserve(1 + (next % 7));
  for (let i = 0; i < first.length; i++) first[i] = next + i;
  if (length > 0) next += producer.commit(first.length);
  if (producer.push(next)) next++;
}
