// The models of who has a side: opening it, opening it twice, and dying with it.

import { InvalidHandleError } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import { Consumer, Producer, SpscRing } from '../../src/index.ts';
import { drain, expectEqual, type Options, ring } from './a-ring.ts';

/** Two threads open the same side: one gets it. */
export function openTwice(): void {
  const [producer] = ring({});
  const { handle } = producer;
  const open = (): boolean => {
    try {
      Producer.from(handle);
      return true;
    } catch {
      return false;
    }
  };
  const threads = [spawn(open), spawn(open)];
  const opened = threads.map((thread) => thread.join());
  if (opened[0] === opened[1]) throw new Error(`opened: ${opened.join(', ')}`);
}

/** A thread opens a ring by a guessed handle while another places it: it finds all of it, or none. */
export function openWhilePlacing(): string {
  const options = { kind: 'int32', capacity: 2, spins: 0 } as const;
  const buffer = new SharedArrayBuffer(SpscRing.bytesFor(options));
  const opener = spawn(() => {
    try {
      const element = 'int32' as const;
      const handle = { kind: 'spsc-ring', version: 1, buffer, byteOffset: 0, element } as const;
      const producer = Producer.from({ ...handle, side: 'producer' });
      const consumer = Consumer.from({ ...handle, side: 'consumer' });
      return String(consumer.capacity + producer.size);
    } catch (error) {
      if (error instanceof InvalidHandleError) return error.name;
      throw error;
    }
  });
  SpscRing.at(buffer, 0, options);
  const found = opener.join();
  if (found !== '2' && found !== 'InvalidHandleError') throw new Error(`found ${found}`);
  return found;
}

/** A producer is terminated anywhere; its successor goes on. Only what was not published is lost. */
function terminated(options: Options): () => string {
  return () => {
    const [producer, consumer] = ring(options);
    const { handle } = producer;
    const thread = spawn(
      () => {
        const own = Producer.from(handle);
        own.push(1);
        own.push(2);
      },
      { mayBeTerminated: true },
    );
    const popped: (number | undefined)[] = [consumer.pop()];
    thread.join();
    const successor = Producer.from(handle, { takeOver: true });
    const before = consumer.size;
    expectEqual(successor.push(9), true, 'accepted');
    successor.flush();
    popped.push(...drain(consumer));
    const items = popped.filter((item) => item !== undefined);
    const sent = items.slice(0, -1);
    expectEqual(items, [...[1, 2].slice(0, sent.length), 9], 'popped');
    expectEqual(sent.length, before + (popped[0] === undefined ? 0 : 1), 'size');
    return items.join('');
  };
}
export const producerTerminated: () => string = terminated({ capacity: 3 });
export const producerTerminatedUnpublished: () => string = terminated({ capacity: 3, publishEvery: 2 });

/** A consumer is terminated anywhere; its successor goes on from what was handed back. */
export function consumerTerminated(): string {
  const [producer, consumer] = ring({ capacity: 2, freeEvery: 1 });
  const { handle } = consumer;
  const thread = spawn(
    () => {
      const own = Consumer.from(handle);
      own.pop();
      own.pop();
    },
    { mayBeTerminated: true },
  );
  const accepted = [1, 2, 3].filter((item) => producer.push(item));
  thread.join();
  const successor = Consumer.from(handle, { takeOver: true });
  const rest = drain(successor);
  expectEqual(rest, accepted.slice(accepted.length - rest.length), 'popped');
  expectEqual(producer.push(4), true, 'accepted');
  expectEqual(successor.pop(), 4, 'popped');
  return rest.join('');
}

/** A side that was never opened is looked at while another thread moves it: that counts, and claims nothing. */
export function looksWithoutOpening(): void {
  const [producer, consumer] = ring({});
  const { handle } = producer;
  const thread = spawn(() => Producer.from(handle).push(1));
  const seen = producer.size;
  if (seen !== 0 && seen !== 1) throw new Error(`size ${seen}`);
  expectEqual(thread.join(), true, 'accepted');
  expectEqual([producer.size, consumer.size, consumer.pop()], [1, 1, 1], 'size');
}
