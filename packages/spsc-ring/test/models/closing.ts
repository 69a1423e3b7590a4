// The models of closing, from either side, in each state of the other.

import { spawn } from '@concurrency-lab/model-checker';
import { drain, expectEqual, ring } from './a-ring.ts';

/** The producer closes while the consumer tries: what was sent comes, then the end, and no later. */
export function producerCloses(): void {
  const [producer, consumer] = ring({ capacity: 2, publishEvery: 2 });
  const thread = spawn(() => {
    const accepted = producer.push(1);
    producer.close();
    return accepted && !producer.push(2) && producer.isClosed;
  });
  const wasClosed = consumer.isClosed;
  const item = consumer.pop();
  if (wasClosed) throw new Error('closed before it was drained');
  expectEqual(thread.join(), true, 'sent');
  expectEqual(
    [item, ...drain(consumer)].filter((one) => one !== undefined),
    [1],
    'popped',
  );
  expectEqual(consumer.isClosed, true, 'closed');
}

/** The consumer closes while the producer tries: exactly what was accepted can still be taken. */
export function consumerCloses(): string {
  const [producer, consumer] = ring({ capacity: 2 });
  const thread = spawn(() => [producer.push(1), producer.push(2), producer.push(3)].filter(Boolean).length);
  const first = consumer.pop();
  consumer.close();
  const before = consumer.isClosed;
  const rest = drain(consumer);
  const accepted = thread.join();
  if (before && rest.length > 0) throw new Error('closed before it was drained');
  expectEqual(consumer.isClosed, true, 'closed');
  expectEqual(drain(consumer), [], 'came later');
  const popped = first === undefined ? rest : [first, ...rest];
  expectEqual(popped, [1, 2, 3].slice(0, accepted), 'popped');
  expectEqual(producer.push(4), false, 'accepted after the end');
  return String(accepted);
}

/** The consumer closes while the producer waits for room. */
export function consumerClosesOnWaiting(): void {
  const [producer, consumer] = ring({});
  const thread = spawn(() => {
    try {
      for (const item of [1, 2]) producer.send(item);
      return 'sent';
    } catch (error) {
      return (error as Error).name;
    }
  });
  consumer.close();
  expectEqual(thread.join(), 'ClosedError', 'the producer');
}

/** The producer closes while the consumer waits. */
export function producerClosesOnWaiting(): void {
  const [producer, consumer] = ring({});
  const thread = spawn(() => {
    try {
      return String(consumer.receive());
    } catch (error) {
      return (error as Error).name;
    }
  });
  producer.close();
  expectEqual(thread.join(), 'ClosedError', 'the consumer');
}

/** Both sides close at once. */
export function bothClose(): void {
  const [producer, consumer] = ring({});
  const thread = spawn(() => {
    const accepted = producer.push(1);
    producer.close();
    return accepted;
  });
  consumer.close();
  const accepted = thread.join();
  expectEqual(drain(consumer), accepted ? [1] : [], 'popped');
  expectEqual([producer.isClosed, consumer.isClosed], [true, true], 'closed');
}

/** Closing ends this side's own waits that do not block. */
export function closeEndsOwnWait(): void {
  const [producer, consumer] = ring({});
  const thread = spawn(
    async () => {
      const waiting = consumer.receiveAsync().then(String, (error: Error) => error.name);
      await Promise.resolve();
      consumer.close();
      return waiting;
    },
    { canBlock: false },
  );
  expectEqual(thread.join(), 'ClosedError', 'the consumer');
  expectEqual(producer.push(1), false, 'accepted');
}
