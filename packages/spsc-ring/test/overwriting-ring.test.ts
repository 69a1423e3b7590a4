import {
  CancelToken,
  ClosedError,
  InvalidArgumentError,
  InvalidHandleError,
  TimeoutError,
} from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { fc, test as property } from '../../../vitest.prop.ts';
import { CONTROL, SHIFT } from '../src/control.ts';
import { OverwritingConsumer, OverwritingProducer, OverwritingRing, SideTakenError } from '../src/index.ts';
import { FIRST } from '../src/overwriting-layout.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('an overwriting ring', () => {
  it('keeps the latest messages, in order, and says how many were missed', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 4, maxMessageBytes: 3 });
    let pushed = 0;
    let next = 0;
    for (const count of [1, 4, 5, 9, 0, 100, 3, 8]) {
      for (let i = 0; i < count; i++) expect(producer.push(bytes(pushed++ & 255))).toBe(true);
      expect(consumer.size).toBe(Math.min(count, 4));
      const missed = Math.max(0, count - 4);
      const before = consumer.missed;
      next += missed;
      for (let i = 0; i < Math.min(count, 4); i++) expect(consumer.pop()).toEqual(bytes(next++ & 255));
      expect(consumer.pop()).toBeUndefined();
      expect(consumer.missed - before).toBe(missed);
    }
  });

  it('never touches a message that is being read in place', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 8 });
    producer.push(bytes(1, 2, 3));
    const read = consumer.read()!;
    expect(read.byteOffset % 8).toBe(0);
    for (let i = 0; i < 20; i++) producer.push(new Uint8Array(8).fill(i));
    expect([...read]).toEqual([1, 2, 3]);
    expect(consumer.read()).toEqual(read);
    expect([consumer.size, consumer.release(), consumer.release(), consumer.size]).toEqual([3, true, false, 2]);
    expect(consumer.pop()).toEqual(new Uint8Array(8).fill(18));
    expect(consumer.missed).toBe(18);
  });

  it('is written in place, and less than was reserved', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 12 });
    for (let i = 0; i < 5; i++) {
      const room = producer.reserve();
      expect(room.length).toBe(12);
      room.fill(i);
      expect(producer.commit(i)).toBe(true);
    }
    expect([consumer.pop(), consumer.pop()]).toEqual([new Uint8Array(3).fill(3), new Uint8Array(4).fill(4)]);
    expect(() => producer.commit(1)).toThrow('there is nothing to commit: reserve() comes first');
    producer.reserve(2);
    expect(() => producer.commit(3)).toThrow(InvalidArgumentError);
    producer.push(bytes(7));
    expect(() => producer.commit(2)).toThrow(InvalidArgumentError);
    expect(() => producer.reserve(13)).toThrow('it takes at most 12 bytes');
  });

  it('refuses a message that is too long, or none, and overwrites nothing', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 4, codec: 'text' });
    producer.push('a');
    producer.push('b');
    expect(() => producer.push('12345')).toThrow(
      'a message of 5 bytes is too long for this ring: it takes at most 4 bytes',
    );
    expect(() => producer.push(7 as never)).toThrow('a message must be a string, not 7');
    expect(producer.push('€')).toBe(true);
    expect([consumer.pop(), consumer.pop(), consumer.missed]).toEqual(['b', '€', 1]);
  });

  it('keeps a message that its codec, or its place, could not take', () => {
    const codec = {
      size: () => 1,
      encode(value: number, view: DataView) {
        if (value < 0) throw new Error('negative');
        view.setUint8(0, value);
      },
      decode(view: DataView) {
        if (view.getUint8(0) === 13) throw new Error('unlucky');
        return view.getUint8(0);
      },
    };
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 4, codec });
    producer.push(13);
    expect(() => producer.push(-1)).toThrow('negative');
    producer.push(14);
    expect(() => consumer.pop()).toThrow('unlucky');
    expect(() => consumer.popInto(new Uint8Array(0))).toThrow('the next message has 1 bytes; there is room for 0');
    expect(consumer.skip()).toBe(true);
    expect([consumer.pop(), consumer.missed, consumer.skip()]).toEqual([14, 0, false]);
    producer.push(15);
    const target = new Uint8Array(2);
    expect([consumer.popInto(target), target[0], consumer.popInto(target)]).toEqual([1, 15, undefined]);
  });

  it('refuses options out of range', () => {
    const create = (options: object) => () => OverwritingRing.create({ capacity: 4, maxMessageBytes: 8, ...options });
    expect(create({ capacity: 1 })).toThrow('capacity must be an integer from 2 to 1048576, not 1');
    expect(create({ capacity: 6 })).toThrow('capacity must be a power of two from 2 to 1048576, not 6');
    expect(create({ maxMessageBytes: 0 })).toThrow('maxMessageBytes must be an integer from 1 to 16777216, not 0');
    expect(create({ capacity: 2 ** 20, maxMessageBytes: 2 ** 24 })).toThrow('a ring may take 2147483647');
    expect(create({ spins: 1001 })).toThrow(InvalidArgumentError);
    expect(() => OverwritingRing.create(undefined as never)).toThrow('an overwriting ring needs an object of options');
  });

  it('is placed in the memory of its caller, and stays in it', () => {
    const options = { capacity: 2, maxMessageBytes: 5 };
    const length = OverwritingRing.bytesFor(options);
    const buffer = new SharedArrayBuffer(3 * length);
    const [producer, consumer] = OverwritingRing.at(buffer, length, options);
    for (let i = 0; i < 50; i++) {
      producer.push(new Uint8Array(5).fill(0xff));
      if (i % 3 === 0) consumer.pop();
    }
    const all = new Uint8Array(buffer);
    expect(all.subarray(0, length).every((byte) => byte === 0)).toBe(true);
    expect(all.subarray(2 * length).every((byte) => byte === 0)).toBe(true);
  });

  it('opens each side once, and only by its handle', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 8 });
    const there = OverwritingConsumer.from(structuredClone(consumer.handle));
    expect(() => consumer.pop()).toThrow(SideTakenError);
    expect(() => OverwritingProducer.from(consumer.handle as never)).toThrow(InvalidHandleError);
    producer.push(bytes(1));
    expect(() => OverwritingProducer.from(producer.handle)).toThrow(SideTakenError);
    expect(there.pop()).toEqual(bytes(1));
    new Int32Array(producer.handle.buffer)[CONTROL.index.capacity] = 3;
    expect(() => OverwritingProducer.from(producer.handle)).toThrow('has damaged control words');
  });
});

describe('closing', () => {
  it('by the producer lets the consumer take what is left', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 8 });
    for (let i = 0; i < 3; i++) producer.push(bytes(i));
    producer.close();
    expect([producer.push(bytes(9)), producer.isClosed, consumer.isClosed]).toEqual([false, true, false]);
    expect([consumer.receive(), consumer.receive()]).toEqual([bytes(1), bytes(2)]);
    expect(consumer.isClosed).toBe(true);
    expect(() => consumer.receive()).toThrow(ClosedError);
  });

  it('by the consumer drops what is left, and the producer learns of it', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 8 });
    producer.push(bytes(1));
    consumer.close();
    expect([consumer.pop(), consumer.read(), consumer.size, consumer.isClosed]).toEqual([
      undefined,
      undefined,
      0,
      true,
    ]);
    expect([producer.push(bytes(2)), producer.push(bytes(3)), producer.isClosed]).toEqual([false, false, true]);
    expect(() => consumer.receive()).toThrow(ClosedError);
  });
});

describe('waiting', () => {
  it('gives up after the timeout, and when cancelled', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 8, spins: 0 });
    const token = CancelToken.create();
    expect(() => consumer.receive({ timeout: 1 })).toThrow(TimeoutError);
    token.cancel();
    expect(() => consumer.receive({ signal: token })).toThrow('the operation was cancelled');
    producer.push(bytes(1));
    expect(consumer.receive({ timeout: 0 })).toEqual(bytes(1));
  });

  it('without blocking gets messages as they come, until the end', async () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 8, maxMessageBytes: 8, codec: 'text', spins: 0 });
    const received: string[] = [];
    const receiving = (async () => {
      for await (const text of consumer) received.push(text);
    })();
    for (const text of 'one two three four'.split(' ')) {
      producer.push(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    producer.close();
    await receiving;
    expect(received).toEqual(['one', 'two', 'three', 'four']);
  });
});

property.prop([
  fc.constantFrom(0, -3, 2 ** 28 - 3, 2 ** 31 - 3),
  fc.constantFrom(2, 4, 8),
  fc.array(fc.tuple(fc.constantFrom('push', 'pop', 'read', 'release'), fc.integer({ min: 1, max: 11 })), {
    maxLength: 60,
  }),
])('is a queue that drops its oldest, wherever its counters stand', (first, capacity, steps) => {
  const [producer, consumer] = ringFrom(first, capacity);
  const queue: number[] = [];
  let [pushed, held, missed] = [0, undefined as number | undefined, 0];
  const take = (): number | undefined => {
    if (held === undefined) held = queue.shift();
    return held;
  };
  for (const [step, count] of steps) {
    if (step === 'push') {
      for (let i = 0; i < count; i++) {
        queue.push(pushed);
        if (queue.length > capacity) queue.shift();
        producer.push(bytes(pushed++ & 255, count));
      }
    } else if (step === 'release') {
      expect(consumer.release()).toBe(held !== undefined);
      held = undefined;
    } else {
      const found = step === 'pop' ? consumer.pop() : consumer.read();
      const isFresh = held === undefined;
      const expected = take();
      expect(found?.[0]).toBe(expected === undefined ? undefined : expected & 255);
      if (expected !== undefined && isFresh) {
        expect(consumer.missed).toBeGreaterThanOrEqual(missed);
        missed = consumer.missed;
      }
      if (step === 'pop') held = undefined;
    }
    expect(consumer.size).toBe(queue.length + (held === undefined ? 0 : 1));
  }
  while (take() !== undefined) {
    expect(consumer.pop()?.[0]).toBe(held! & 255);
    held = undefined;
  }
  // Every message was taken or missed.
  expect(consumer.pop()).toBeUndefined();
});

/** Makes a ring whose first message has the number `first`, as after so many others. */
function ringFrom(first: number, capacity: number) {
  const [producer, consumer] = OverwritingRing.create({ capacity, maxMessageBytes: 2 });
  const words = new Int32Array(producer.handle.buffer);
  const position = (first & (2 ** 28 - 1)) << SHIFT;
  words[FIRST] = first;
  words[CONTROL.index.tail] = position;
  words[CONTROL.index.head] = position;
  return [OverwritingProducer.from(producer.handle), OverwritingConsumer.from(consumer.handle)] as const;
}
