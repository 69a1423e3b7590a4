// The models of waiting, a single wait at a time.

import { spawn } from '@concurrency-lab/model-checker';
import { expectEqual, type Options, ring } from './a-ring.ts';

/** The consumer waits for an item. */
function receives(options: Options): () => void {
  return () => {
    const [producer, consumer] = ring(options);
    const thread = spawn(() => consumer.receive());
    producer.push(1);
    producer.flush();
    expectEqual(thread.join(), 1, 'received');
  };
}
export const receivesParking: () => void = receives({});
export const receivesSpinning: () => void = receives({ spins: 1 });
export const receivesPolling: () => void = receives({ realtime: true });
export const receivesPublishedLate: () => void = receives({ capacity: 2, publishEvery: 2 });

/** The producer waits for room. */
function sends(options: Options): () => void {
  return () => {
    const [producer, consumer] = ring(options);
    producer.push(1);
    const thread = spawn(() => producer.send(2));
    while (consumer.pop() === undefined);
    thread.join();
    expectEqual(consumer.pop(), 2, 'popped');
  };
}
export const sendsParking: () => void = sends({});
export const sendsSpinning: () => void = sends({ spins: 1 });
export const sendsPolling: () => void = sends({ realtime: true });

/** A wait of many ends when some have come. */
export function receivesMany(): void {
  const [producer, consumer] = ring({ capacity: 2 });
  const thread = spawn(() => {
    const into = new Int32Array(2);
    const count = consumer.receiveMany(into);
    return [...into.subarray(0, count)];
  });
  producer.pushMany(Int32Array.of(1, 2));
  expectEqual(thread.join(), [1, 2], 'received');
}

/** A wait that times out has taken nothing, and the next one works. */
export function timesOut(): string {
  const [producer, consumer] = ring({});
  const thread = spawn(() => {
    try {
      return String(consumer.receive({ timeout: 1 }));
    } catch (error) {
      const again = consumer.receive();
      return `${(error as Error).name} ${again}`;
    }
  });
  producer.push(1);
  const seen = thread.join();
  if (seen !== '1' && seen !== 'TimeoutError 1') throw new Error(seen);
  return seen;
}

/** A wait that gives up takes nothing with it. */
export function asyncTimeout(): string {
  const [producer, consumer] = ring({});
  const reader = spawn(
    async () => {
      try {
        return String(await consumer.receiveAsync({ timeout: 1 }));
      } catch (error) {
        return (error as Error).name;
      }
    },
    { canBlock: false },
  );
  const accepted = producer.push(1);
  const seen = reader.join();
  expectEqual(accepted, true, 'accepted');
  if (seen === 'TimeoutError') expectEqual(consumer.pop(), 1, 'left');
  else expectEqual(seen, '1', 'received');
  return seen;
}
