// The models of waiting on both sides at once, which take thousands of interleavings.

import { ClosedError } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import { expectEqual, type Options, ring } from './a-ring.ts';

/** Items through a ring, each side waiting for the other, up to the end. */
function stream(sent: readonly number[], options: Options): () => void {
  return () => {
    const [producer, consumer] = ring(options);
    const thread = spawn(() => {
      for (const item of sent) producer.send(item);
      producer.close();
    });
    for (const item of sent) expectEqual(consumer.receive(), item, 'received');
    let end: unknown;
    try {
      consumer.receive();
    } catch (error) {
      end = error;
    }
    if (!(end instanceof ClosedError)) throw end;
    thread.join();
  };
}
export const streamOfOne: () => void = stream([1, 2], { capacity: 1 });
export const streamOfTwo: () => void = stream([1, 2, 3], { capacity: 2, freeEvery: 2 });
export const streamPublishedLate: () => void = stream([1, 2, 3], { capacity: 2, publishEvery: 2 });
export const streamSpinning: () => void = stream([1], { capacity: 1, spins: 1 });
export const streamRealtime: () => void = stream([1, 2], { capacity: 1, realtime: true });

/** The same without blocking, on two event loops. */
export function streamAsync(): void {
  const [producer, consumer] = ring({});
  const thread = spawn(
    async () => {
      await producer.sendAsync(1);
      await producer.sendAsync(2);
      producer.close();
    },
    { canBlock: false },
  );
  const reader = spawn(
    async () => {
      const items: number[] = [];
      for await (const item of consumer) items.push(item);
      return items;
    },
    { canBlock: false },
  );
  thread.join();
  expectEqual(reader.join(), [1, 2], 'received');
}

/** The producer waits for room for items of which some are not published yet. */
export function sendsWhatIsPending(): void {
  const [producer, consumer] = ring({ capacity: 2, publishEvery: 2 });
  const thread = spawn(() => {
    for (const item of [1, 2, 3]) producer.send(item);
    producer.flush();
  });
  for (const item of [1, 2, 3]) expectEqual(consumer.receive(), item, 'received');
  thread.join();
}

/** Two waits of one side are served in the order in which they began. */
export function asyncInOrder(): void {
  const [producer, consumer] = ring({});
  const reader = spawn(() => Promise.all([consumer.receiveAsync(), consumer.receiveAsync()]), {
    canBlock: false,
  });
  producer.send(1);
  producer.send(2);
  expectEqual(reader.join(), [1, 2], 'received');
}
