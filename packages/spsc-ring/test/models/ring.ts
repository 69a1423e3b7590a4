// The models of what never waits: small programs that check themselves, run through every interleaving.

import { spawn } from '@concurrency-lab/model-checker';
import { type RingKind, SpscRing } from '../../src/index.ts';
import { drain, expectEqual, type Options, ring } from './a-ring.ts';

const ITEM: Readonly<Record<RingKind, number | bigint>> = {
  int8: -7,
  uint8: 200,
  int16: -700,
  uint16: 60_000,
  int32: -70_000,
  uint32: 4_000_000_000,
  float32: 0.5,
  float64: 0.1,
  bigint64: -(2n ** 40n),
  biguint64: 2n ** 63n,
};

/** One item of each kind goes over; the second lap uses the slot again, which the first must have handed back. */
function passes(kind: RingKind): () => void {
  return () => {
    const [producer, consumer] = SpscRing.create({ kind, capacity: 1, spins: 0 });
    const thread = spawn(() => {
      while (!producer.push(ITEM[kind]));
      while (!producer.push(ITEM[kind]));
    });
    let item: number | bigint | undefined;
    while ((item = consumer.pop()) === undefined);
    expectEqual(item, ITEM[kind], 'popped');
    while ((item = consumer.peek()) === undefined);
    expectEqual(item, ITEM[kind], 'peeked');
    thread.join();
  };
}
export const passesInt8: () => void = passes('int8');
export const passesUint8: () => void = passes('uint8');
export const passesInt16: () => void = passes('int16');
export const passesUint16: () => void = passes('uint16');
export const passesInt32: () => void = passes('int32');
export const passesUint32: () => void = passes('uint32');
export const passesFloat32: () => void = passes('float32');
export const passesFloat64: () => void = passes('float64');
export const passesBigint64: () => void = passes('bigint64');
export const passesBiguint64: () => void = passes('biguint64');

/** Three tries against three tries, and then the rest: nothing is lost, doubled or out of order. */
function tries(options: Options): () => string {
  return () => {
    const [producer, consumer] = ring(options);
    const thread = spawn(() => [1, 2, 3].filter((item) => producer.push(item)));
    const popped = [consumer.pop(), consumer.pop(), consumer.pop()].filter((item) => item !== undefined);
    const accepted = thread.join();
    producer.flush();
    expectEqual([...popped, ...drain(consumer)], accepted, 'popped');
    return `${accepted.join('')}-${popped.join('')}`;
  };
}
export const triesOfOne: () => string = tries({ capacity: 1 });
export const triesOfTwo: () => string = tries({ capacity: 2 });
export const triesHandedBackLate: () => string = tries({ capacity: 2, freeEvery: 2 });
export const triesPublishedLate: () => string = tries({ capacity: 2, publishEvery: 2 });
export const triesLazy: () => string = tries({ capacity: 2, publishEvery: 'lazy' });

/** A lazy producer far ahead looks whether the consumer has enough, before it publishes. */
export function lazyFarAhead(): void {
  const [producer, consumer] = ring({ capacity: 512, freeEvery: 1, publishEvery: 'lazy' });
  const items = Int32Array.from({ length: 128 }, (_, i) => i);
  const thread = spawn(() => producer.pushMany(items, 0, 64) + producer.pushMany(items, 64));
  const into = new Int32Array(128);
  const early = consumer.popMany(into);
  expectEqual(thread.join(), 128, 'accepted');
  producer.flush();
  expectEqual(early + consumer.popMany(into, early), 128, 'popped');
  expectEqual(into, items, 'popped');
}

/** Lazy tries with room to be lazy in, publication after two. */
export function triesLazyAtLength(): void {
  const [producer, consumer] = ring({ capacity: 8, freeEvery: 1, publishEvery: 'lazy' });
  const thread = spawn(() => [1, 2, 3, 4].filter((item) => producer.push(item)));
  const popped = [consumer.pop(), consumer.pop()].filter((item) => item !== undefined);
  const accepted = thread.join();
  producer.flush();
  expectEqual([...popped, ...drain(consumer)], accepted, 'popped');
}

/** The sizes that each side sees are never wrong on its side. */
export function sizes(): void {
  const [producer, consumer] = ring({ capacity: 2 });
  const thread = spawn(() => {
    producer.push(1);
    const free = producer.free;
    for (let n = 0; n < free; n++) expectEqual(producer.push(n + 2), true, 'free, and refused');
  });
  const size = consumer.size;
  for (let n = 0; n < size; n++) expectEqual(consumer.pop(), n + 1, 'counted, and not there');
  thread.join();
}
