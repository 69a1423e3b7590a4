// Each thing that a producer does against each thing that a consumer does.

import { spawn } from '@concurrency-lab/model-checker';
import type { Consumer, Producer } from '../../src/index.ts';
import { drain, expectEqual, ring } from './a-ring.ts';

type Produce = 'push' | 'pushMany' | 'reserve' | 'send' | 'sendMany';
type Consume = 'pop' | 'popMany' | 'read' | 'peekAndSkip' | 'receive' | 'receiveMany';

/** What a producer may do with items; returns those that were accepted. */
const PRODUCING: Readonly<Record<Produce, (producer: Producer<'int32'>, first: number) => Iterable<number>>> = {
  push: (producer, first) => (producer.push(first) ? [first] : []),
  pushMany: (producer, first) => items(first).slice(0, producer.pushMany(items(first))),
  reserve: (producer, first) => {
    const span = producer.reserve(2);
    span.first.set(items(first).subarray(0, span.first.length));
    span.second.set(items(first).subarray(span.first.length, span.length));
    return [...items(first)].slice(0, producer.commit(span.length));
  },
  send: (producer, first) => (producer.send(first), [first]),
  sendMany: (producer, first) => (producer.sendMany(items(first)), [...items(first)]),
};

/** What a consumer may do; returns what it took. */
const CONSUMING: Readonly<Record<Consume, (consumer: Consumer<'int32'>) => Iterable<number>>> = {
  pop: (consumer) => [consumer.pop()].filter((item) => item !== undefined),
  popMany: (consumer) => {
    const into = new Int32Array(2);
    return [...into.subarray(0, consumer.popMany(into))];
  },
  read: (consumer) => {
    const span = consumer.read(2);
    const taken = [...span.first, ...span.second];
    consumer.release(taken.length);
    return taken;
  },
  peekAndSkip: (consumer) => {
    const item = consumer.peek();
    return item === undefined ? [] : (consumer.skip(1), [item]);
  },
  receive: (consumer) => [consumer.receive()],
  receiveMany: (consumer) => {
    const into = new Int32Array(2);
    return [...into.subarray(0, consumer.receiveMany(into))];
  },
};

function items(first: number): Int32Array {
  return Int32Array.of(first, first + 1);
}

/** Each thing a producer does against each thing a consumer does, on a ring that has gone around before. */
export function pair(producing: Produce, consuming: Consume, capacity: number, freeEvery: number): () => void {
  return () => {
    const [producer, consumer] = ring({ capacity, freeEvery });
    producer.push(0);
    consumer.pop();
    const isMany = producing === 'sendMany'; // twice of it takes a million interleavings
    const thread = spawn(() => {
      const first = PRODUCING[producing](producer, 1);
      return isMany ? [...first] : [...first, ...PRODUCING[producing](producer, 3)];
    });
    const taken = [...CONSUMING[consuming](consumer), ...drain(consumer)];
    while (producing.startsWith('send') && taken.length < 2) taken.push(consumer.receive());
    const accepted = thread.join();
    taken.push(...drain(consumer));
    expectEqual(taken, accepted, `${producing} against ${consuming}`);
  };
}

/** The names of what is paired. */
export const PAIRS: readonly (readonly [Produce, Consume])[] = Object.keys(PRODUCING).flatMap((one) =>
  Object.keys(CONSUMING).map((other) => [one as Produce, other as Consume] as const),
);
