// What a ring does on one thread: every kind, every call, bad input, closing, waiting.

import {
  BlockingForbiddenError,
  CancelledError,
  CancelToken,
  ClosedError,
  InvalidArgumentError,
  InvalidHandleError,
  InvalidRegionError,
  TimeoutError,
} from '@concurrency-lab/atomics';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { Consumer, Producer, type RingKind, type RingOptions, SideTakenError, SpscRing } from '../src/index.ts';

type Options = Partial<RingOptions<'int32'>>;

function ring(options: Options = {}) {
  return SpscRing.create({ kind: 'int32', capacity: 4, spins: 0, ...options });
}

function drain(consumer: Consumer<'int32'>): number[] {
  const items: number[] = [];
  for (let item = consumer.pop(); item !== undefined; item = consumer.pop()) items.push(item);
  return items;
}

const EXTREMES: readonly (readonly [RingKind, readonly (number | bigint)[]])[] = [
  ['int8', [-128, 127]],
  ['uint8', [0, 255]],
  ['int16', [-32_768, 32_767]],
  ['uint16', [0, 65_535]],
  ['int32', [-(2 ** 31), 2 ** 31 - 1]],
  ['uint32', [0, 2 ** 32 - 1]],
  ['float32', [-Infinity, 2 ** -149]],
  ['float64', [Number.MAX_VALUE, -5e-324]],
  ['bigint64', [-(2n ** 63n), 2n ** 63n - 1n]],
  ['biguint64', [0n, 2n ** 64n - 1n]],
];

describe('items', () => {
  it.each(EXTREMES)('of kind %s go over as they are', (kind, values) => {
    const [producer, consumer] = SpscRing.create({ kind, capacity: 3 });
    for (let lap = 0; lap < 5; lap++) {
      for (const value of values) expect(producer.push(value)).toBe(true);
      for (const value of values) expect(consumer.pop()).toBe(value);
      expect(consumer.pop()).toBeUndefined();
    }
  });

  it('have the type of their kind', () => {
    const [producer] = SpscRing.create({ kind: 'bigint64', capacity: 1 });
    expectTypeOf(producer).toEqualTypeOf<Producer<'bigint64'>>();
    expectTypeOf<Producer<'bigint64'>['push']>().parameter(0).toEqualTypeOf<bigint>();
    expectTypeOf<Consumer<'bigint64'>['pop']>().returns.toEqualTypeOf<bigint | undefined>();
    expectTypeOf(SpscRing.create({ kind: 'uint8', capacity: 1 })[1].read(1).first).toEqualTypeOf<Uint8Array>();
    expect(producer.handle.element).toBe('bigint64');
  });

  it('of NaN and 0 are items', () => {
    const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: 2 });
    producer.push(NaN);
    producer.push(0);
    expect([consumer.peek(), consumer.pop(), consumer.pop(), consumer.pop()]).toEqual([NaN, NaN, 0, undefined]);
  });

  it.each([1, 2, 3, 5, 8, 1000, 1024])('fill a ring of %i, and come out in order', (capacity) => {
    const [producer, consumer] = ring({ capacity, freeEvery: 1 });
    for (let lap = 0; lap < 3; lap++) {
      for (let i = 0; i < capacity; i++) expect(producer.push(lap * capacity + i)).toBe(true);
      expect(producer.push(-1)).toBe(false);
      expect(producer.free).toBe(0);
      expect(consumer.size).toBe(capacity);
      for (let i = 0; i < capacity; i++) expect(consumer.pop()).toBe(lap * capacity + i);
      expect(consumer.pop()).toBeUndefined();
      expect(producer.free).toBe(capacity);
    }
  });

  it('find room for the capacity, whatever was not handed back', () => {
    const [producer, consumer] = ring({ capacity: 64 });
    for (let step = 0; step < 500; step++) {
      while (producer.size > 0 && consumer.size > 0 && step % 3 !== 0) consumer.skip(1);
      const held = consumer.size;
      for (let i = held; i < 64; i++) expect(producer.push(i)).toBe(true);
      consumer.skip((step % 5) + 1);
    }
  });
});

describe('many items', () => {
  it('are copied around the end of the ring', () => {
    const [producer, consumer] = ring({ capacity: 5, freeEvery: 1 });
    const sent = Int32Array.from({ length: 40 }, (_, i) => i);
    const into = new Int32Array(40);
    let taken = 0;
    for (let start = 0; start < 40;) {
      start += producer.pushMany(sent, start, Math.min(40, start + 3));
      taken += consumer.popMany(into, taken, Math.min(40, taken + 2));
    }
    taken += consumer.popMany(into, taken);
    expect(taken).toBe(40);
    expect(into).toEqual(sent);
  });

  it('are accepted as far as they fit', () => {
    const [producer, consumer] = ring({ capacity: 4, freeEvery: 1 });
    expect(producer.pushMany(Int32Array.of(1, 2, 3, 4, 5, 6))).toBe(4);
    expect(producer.pushMany(Int32Array.of(7))).toBe(0);
    expect(drain(consumer)).toEqual([1, 2, 3, 4]);
    expect(consumer.popMany(new Int32Array(2))).toBe(0);
    expect(producer.pushMany(new Int32Array(0))).toBe(0);
  });

  it('must be in an array of the kind', () => {
    const [producer, consumer] = ring();
    expect(() => producer.pushMany(Float32Array.of(1) as never)).toThrow('copies from and to a Int32Array');
    expect(() => consumer.popMany([0] as never)).toThrow(InvalidArgumentError);
    expect(() => producer.sendMany('text' as never)).toThrow('not "text"');
    expect(() => producer.pushMany(Int32Array.of(1), 0, 2)).toThrow('end must be an integer from 0 to 1, not 2');
    expect(() => producer.pushMany(Int32Array.of(1), 1, 0)).toThrow('start must be an integer from 0 to 0, not 1');
    expect(() => consumer.popMany(new Int32Array(1), 0.5)).toThrow('start must be an integer');
    expect(producer.size).toBe(0);
  });
});

describe('a reservation', () => {
  it('publishes nothing until it is committed, and then as much as it is told', () => {
    const [producer, consumer] = ring({ capacity: 4, freeEvery: 1 });
    const span = producer.reserve(3);
    expect([span.length, span.first.length, span.second.length]).toEqual([3, 3, 0]);
    span.first.set([1, 2, 3]);
    expect(consumer.size).toBe(0);
    expect(producer.commit(2)).toBe(2);
    expect(drain(consumer)).toEqual([1, 2]);
    expect(() => producer.commit(1)).toThrow('count (no more than is reserved) must be an integer from 0 to 0, not 1');
  });

  it('is in two parts around the end', () => {
    const [producer, consumer] = ring({ capacity: 4, freeEvery: 1 });
    producer.pushMany(Int32Array.of(0, 0, 0));
    consumer.skip(3);
    const { first, second, length } = producer.reserve(9);
    expect([first.length, second.length, length]).toEqual([1, 3, 4]);
    first.set([1]);
    second.set([2, 3, 4]);
    expect(producer.commit(4)).toBe(4);
    const read = consumer.read(9);
    expect([...read.first, ...read.second]).toEqual([1, 2, 3, 4]);
    expect(consumer.release(3)).toBe(3);
    expect(consumer.pop()).toBe(4);
  });

  it('is dropped by a push', () => {
    const [producer, consumer] = ring();
    producer.reserve(2).first.fill(9);
    producer.push(1);
    expect(() => producer.commit(1)).toThrow(InvalidArgumentError);
    expect(drain(consumer)).toEqual([1]);
  });

  it('of reading takes nothing until it is released', () => {
    const [producer, consumer] = ring();
    producer.pushMany(Int32Array.of(1, 2));
    expect([...consumer.read(1).first]).toEqual([1]);
    expect(() => consumer.release(2)).toThrow('count (no more than was read) must be an integer from 0 to 1, not 2');
    expect(consumer.release(0)).toBe(0);
    expect(() => consumer.release(1)).toThrow(InvalidArgumentError);
    expect(drain(consumer)).toEqual([1, 2]);
    expect(() => producer.reserve(-1)).toThrow('count must be an integer');
    expect(() => consumer.read(NaN)).toThrow('count must be an integer');
  });

  it('of blocks of a constant size gives the same views each lap', () => {
    const [producer, consumer] = ring({ capacity: 64 });
    const laps = Array.from({ length: 3 }, () => {
      const views: Int32Array[] = [];
      for (let block = 0; block < 9; block++) {
        views.push(producer.reserve(8).first);
        producer.commit(8);
        views.push(consumer.read(8).first);
        consumer.release(8);
      }
      return views;
    });
    for (let i = 0; i < 18; i++) expect(laps[2]![i]).toBe(laps[1]![i]);
  });
});

describe('publication', () => {
  it('after each item is at once', () => {
    const [producer, consumer] = ring();
    producer.push(1);
    expect(consumer.size).toBe(1);
  });

  it('after every so many items waits for them, or for a flush', () => {
    const [producer, consumer] = ring({ capacity: 8, publishEvery: 3 });
    producer.push(1);
    producer.push(2);
    expect(consumer.pop()).toBeUndefined();
    producer.push(3);
    expect(drain(consumer)).toEqual([1, 2, 3]);
    producer.push(4);
    expect(producer.flush()).toBe(true);
    expect(drain(consumer)).toEqual([4]);
    producer.push(5);
    producer.close();
    expect(drain(consumer)).toEqual([5]);
    expect(producer.flush()).toBe(false);
  });

  it('happens when the ring is full', () => {
    const [producer, consumer] = ring({ capacity: 3, publishEvery: 2, freeEvery: 1 });
    for (const item of [1, 2, 3]) expect(producer.push(item)).toBe(true);
    expect(consumer.size).toBe(2);
    expect(producer.push(4)).toBe(false);
    expect(drain(consumer)).toEqual([1, 2, 3]);
  });

  it('is lazy while the consumer has enough', () => {
    const [producer, consumer] = ring({ capacity: 1024, freeEvery: 8, publishEvery: 'lazy' });
    for (let i = 0; i < 63; i++) producer.push(i);
    expect(consumer.size).toBe(0);
    producer.push(63); // the first look: the consumer has nothing
    expect(consumer.size).toBe(64);
    for (let i = 64; i < 128; i++) producer.push(i);
    expect(consumer.size).toBe(64); // it has enough
    consumer.skip(64);
    for (let i = 128; i < 192; i++) producer.push(i);
    expect(consumer.size).toBe(128); // it ran dry
    for (let i = 192; i < 448; i++) producer.push(i);
    expect(consumer.size).toBe(384); // a quarter of the capacity was held back
  });
});

describe('closing', () => {
  it('by the producer lets the consumer take what was sent', async () => {
    const [producer, consumer] = ring();
    producer.push(1);
    producer.close();
    expect(producer.isClosed).toBe(true);
    expect(producer.push(2)).toBe(false);
    expect(() => producer.send(2)).toThrow(ClosedError);
    await expect(producer.sendAsync(2)).rejects.toThrow('nothing more can be sent');
    expect(consumer.isClosed).toBe(false);
    expect(consumer.receive()).toBe(1);
    expect(consumer.isClosed).toBe(true);
    expect(() => consumer.receive()).toThrow('all that was sent has been taken');
    await expect(consumer.receiveManyAsync(new Int32Array(1))).rejects.toBeInstanceOf(ClosedError);
    producer.close();
  });

  it('by the consumer refuses what comes, and leaves what came', async () => {
    const [producer, consumer] = ring();
    producer.push(1);
    producer.push(2);
    consumer.close();
    expect(producer.push(3)).toBe(false);
    expect(producer.isClosed).toBe(true);
    expect(producer.free).toBe(0);
    expect(consumer.isClosed).toBe(false);
    expect([consumer.size, consumer.pop(), consumer.pop(), consumer.pop()]).toEqual([2, 1, 2, undefined]);
    expect(consumer.isClosed).toBe(true);
    expect(() => producer.sendMany(Int32Array.of(1))).toThrow(ClosedError);
    await expect(producer.sendManyAsync(Int32Array.of(1))).rejects.toBeInstanceOf(ClosedError);
  });

  it('is what disposing does, unless the side was never used', () => {
    const [producer, consumer] = ring();
    {
      using unused = producer;
      expect(unused.capacity).toBe(4);
    }
    expect(producer.push(1)).toBe(true);
    {
      using used = consumer;
      expect(used.pop()).toBe(1);
    }
    expect(producer.push(2)).toBe(false);
  });
});

describe('a side', () => {
  it('belongs to who opens it first', () => {
    const [producer, consumer] = ring();
    const there = Producer.from(structuredClone(producer.handle));
    expect(there.push(1)).toBe(true);
    expect(() => producer.push(2)).toThrow(SideTakenError);
    expect(() => Producer.from(producer.handle)).toThrow('the producer of this ring is already open');
    expect(consumer.pop()).toBe(1);
    expect(() => Consumer.from(consumer.handle)).toThrow(SideTakenError);
    expect(producer.size).toBe(0);
  });

  it('can be taken over', () => {
    const [producer, consumer] = ring({ freeEvery: 1 });
    producer.push(1);
    producer.push(2);
    consumer.pop();
    const nextProducer = Producer.from(producer.handle, { takeOver: true });
    const nextConsumer = Consumer.from(consumer.handle, { takeOver: true });
    expect(nextProducer.push(3)).toBe(true);
    expect(drain(nextConsumer)).toEqual([2, 3]);
    nextProducer.close();
    const late = Producer.from(producer.handle, { takeOver: true });
    expect([late.isClosed, late.push(4)]).toEqual([true, false]);
  });

  it('is refused on anything but its handle', () => {
    const [producer, consumer] = ring();
    const { handle } = producer;
    expect(() => Producer.from(consumer.handle as never)).toThrow(`handle of a ring's producer, not of its "consumer"`);
    expect(() => Producer.from({ ...handle, element: 'int8' } as never)).toThrow('this ring holds int32, not "int8"');
    expect(() => Producer.from(undefined as never)).toThrow(InvalidHandleError);
    expect(() => Producer.from({ ...handle, byteOffset: 128 })).toThrow(InvalidHandleError);
    expect(() => Producer.from({ ...handle, buffer: new SharedArrayBuffer(1024) })).toThrow(
      'does not hold a spsc-ring',
    );
    const words = new Int32Array(handle.buffer);
    for (const [word, value] of [
      [4, 77],
      [5, -1],
      [6, 1],
      [6, 2 ** 30],
    ] as const) {
      const was = words[word]!;
      words[word] = value;
      expect(() => Producer.from(handle)).toThrow('damaged control words');
      words[word] = was;
    }
    expect(Producer.from(handle).push(1)).toBe(true);
  });
});

describe('memory', () => {
  it("is the caller's, several rings in one buffer", () => {
    const options = { kind: 'float64', capacity: 10 } as const;
    const bytes = SpscRing.bytesFor(options);
    expect(bytes % SpscRing.BYTE_ALIGNMENT).toBe(0);
    const buffer = new SharedArrayBuffer(2 * bytes);
    const rings = [SpscRing.at(buffer, 0, options), SpscRing.at(buffer, bytes, options)];
    for (const [i, [producer]] of rings.entries()) for (let n = 0; n < 10; n++) producer.push(i * 100 + n);
    for (const [i, [, consumer]] of rings.entries()) {
      for (let n = 0; n < 10; n++) expect(consumer.pop()).toBe(i * 100 + n);
    }
    expect(() => SpscRing.at(buffer, 0, options)).toThrow(InvalidRegionError);
    expect(() => SpscRing.at(new SharedArrayBuffer(bytes), 64, options)).toThrow('multiple of 128');
    expect(() => SpscRing.at(new SharedArrayBuffer(bytes - 1), 0, options)).toThrow(InvalidRegionError);
  });

  it.each([
    [{ capacity: 0 }, 'capacity must be an integer from 1 to 100000000, not 0'],
    [{ capacity: 1.5 }, 'not 1.5'],
    [{ kind: 'float16' }, 'kind must be one of int8'],
    [{ freeEvery: 5 }, 'freeEvery must be an integer from 1 to 4, not 5'],
    [{ publishEvery: 0 }, "publishEvery, where it is not 'lazy', must be an integer from 1 to 4, not 0"],
    [{ publishEvery: 'eager' }, 'not "eager"'],
    [{ spins: -1 }, 'spins must be an integer from 0 to 1000'],
    [{ realtime: 1 }, 'realtime must be true or false, not 1'],
  ])('is not made for %o', (options, message) => {
    expect(() => ring(options as Options)).toThrow(message);
    expect(() => ring(options as Options)).toThrow(InvalidArgumentError);
  });

  it('is not made for nothing, or more than there can be', () => {
    expect(() => SpscRing.create(undefined as never)).toThrow(
      'a ring needs options, { kind, capacity }, not undefined',
    );
    expect(() => SpscRing.bytesFor({ kind: 'bigint64', capacity: 100_000_000, freeEvery: 100_000_000 })).toThrow(
      InvalidArgumentError,
    );
    expect(SpscRing.bytesFor({ kind: 'uint8', capacity: 100_000_000 })).toBeLessThan(120_000_000);
  });
});

describe('waiting', () => {
  it('gives up after its timeout, with nothing taken or sent', async () => {
    const [producer, consumer] = ring({ capacity: 1, spins: 2 });
    expect(() => consumer.receive({ timeout: 1 })).toThrow(TimeoutError);
    expect(() => consumer.receiveMany(new Int32Array(1), { timeout: 0 })).toThrow(TimeoutError);
    await expect(consumer.receiveAsync({ timeout: 1 })).rejects.toThrow(
      'Consumer.receiveAsync() was given up after its timeout of 1 ms',
    );
    producer.send(1);
    expect(() => producer.send(2, { timeout: 1 })).toThrow('Producer.send() was given up after its timeout of 1 ms');
    await expect(producer.sendAsync(2, { timeout: 1 })).rejects.toBeInstanceOf(TimeoutError);
    expect(drain(consumer)).toEqual([1]);
    await expect(consumer.receiveAsync({ timeout: -1 })).rejects.toBeInstanceOf(InvalidArgumentError);
    expect(() => consumer.receive({ timeout: NaN })).toThrow(InvalidArgumentError);
  });

  it('gives up on an abort or a cancelled token', async () => {
    const [producer, consumer] = ring();
    const reason = new Error('enough');
    expect(() => consumer.receive({ signal: AbortSignal.abort(reason) })).toThrow(reason);
    const token = CancelToken.create();
    token.cancel();
    expect(() => consumer.receive({ signal: token })).toThrow(CancelledError);
    await expect(consumer.receiveAsync({ signal: token })).rejects.toBeInstanceOf(CancelledError);
    const controller = new AbortController();
    const waiting = consumer.receiveAsync({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    using later = CancelToken.create();
    const cancelled = consumer.receiveAsync({ signal: later });
    later.cancel();
    await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
    producer.push(1);
    expect(await consumer.receiveAsync({ signal: new AbortController().signal, timeout: 100_000 })).toBe(1);
  });

  it('without blocking serves the calls in their order, whoever gives up between them', async () => {
    const [producer, consumer] = ring();
    const first = consumer.receiveAsync();
    const second = consumer.receiveAsync({ timeout: 1 });
    const into = new Int32Array(4);
    const third = consumer.receiveManyAsync(into);
    const fourth = consumer.receiveAsync();
    await expect(second).rejects.toBeInstanceOf(TimeoutError);
    producer.pushMany(Int32Array.of(1, 2, 3));
    expect(await first).toBe(1);
    expect(await third).toBe(2);
    expect([...into]).toEqual([2, 3, 0, 0]);
    producer.push(4);
    expect(await fourth).toBe(4);
  });

  it('without blocking lets nobody overtake who waits already', async () => {
    const [producer, consumer] = ring();
    const first = consumer.receiveAsync();
    producer.push(1);
    const second = consumer.receiveAsync();
    producer.push(2);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });

  it('without blocking sends in the order of the calls', async () => {
    const [producer, consumer] = ring({ capacity: 1 });
    const sent = Promise.all([1, 2].map((item) => producer.sendAsync(item)));
    const many = producer.sendManyAsync(Int32Array.of(3, 4, 5));
    const last = producer.sendAsync(6);
    const items: number[] = [];
    while (items.length < 6) items.push(await consumer.receiveAsync());
    expect(items).toEqual([1, 2, 3, 4, 5, 6]);
    await Promise.all([sent, many, last]);
  });

  it.each([false, true])('without blocking ends when either side closes (realtime: %s)', async (realtime) => {
    const [producer, consumer] = ring({ capacity: 1, realtime });
    const waiting = consumer.receiveAsync();
    producer.close();
    await expect(waiting).rejects.toBeInstanceOf(ClosedError);
    const [other, reader] = ring({ capacity: 1, realtime });
    other.push(1);
    const sending = other.sendAsync(2);
    reader.close();
    await expect(sending).rejects.toBeInstanceOf(ClosedError);
    const [own] = ring({ capacity: 1, realtime });
    own.push(1);
    const mine = own.sendAsync(2);
    own.close();
    await expect(mine).rejects.toBeInstanceOf(ClosedError);
  });

  it('iterates until the end, and can be left and begun again', async () => {
    const [producer, consumer] = ring();
    producer.pushMany(Int32Array.of(1, 2, 3));
    for await (const item of consumer) {
      expect(item).toBe(1);
      break;
    }
    producer.close();
    const rest: number[] = [];
    for await (const item of consumer) rest.push(item);
    expect(rest).toEqual([2, 3]);
  });
});

describe('a realtime ring', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('never notifies, whatever waits', async () => {
    const notify = vi.spyOn(Atomics, 'notify');
    const [producer, consumer] = ring({ capacity: 2, realtime: true });
    const waiting = consumer.receiveAsync();
    await new Promise((resolve) => setImmediate(resolve));
    producer.push(1);
    expect(await waiting).toBe(1);
    producer.pushMany(Int32Array.of(2, 3));
    const sending = producer.sendAsync(4);
    await new Promise((resolve) => setImmediate(resolve));
    expect(consumer.pop()).toBe(2);
    await sending;
    producer.close();
    consumer.close();
    expect(notify).not.toHaveBeenCalled();
  });

  it('is needed for that: another wakes who waits', async () => {
    const notify = vi.spyOn(Atomics, 'notify');
    const [producer, consumer] = ring();
    const waiting = consumer.receiveAsync();
    producer.push(1);
    expect(await waiting).toBe(1);
    expect(notify).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 100; i++) expect(producer.push(i) && consumer.pop()).toBe(i === 0 ? 0 : i);
    expect(notify).toHaveBeenCalledTimes(1);
  });
});

describe('calls that never wait', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('never call wait, waitAsync or notify', () => {
    const calls = (['wait', 'waitAsync', 'notify'] as const).map((name) => vi.spyOn(Atomics, name));
    const [producer, consumer] = ring({ capacity: 8 });
    const four = Int32Array.of(1, 2, 3, 4);
    for (let lap = 0; lap < 10; lap++) {
      while (producer.push(lap));
      producer.flush();
      while (consumer.pop() !== undefined);
      producer.pushMany(four);
      consumer.popMany(four);
      producer.commit(producer.reserve(4).length);
      consumer.peek();
      consumer.release(consumer.read(2).length);
      consumer.skip(9);
      consumer.flush();
    }
    for (const call of calls) expect(call).not.toHaveBeenCalled();
  });
});

it('blocks only where blocking is allowed', async () => {
  vi.resetModules();
  const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    throw new TypeError('Atomics.wait cannot be called in this context');
  });
  const fresh = await import('../src/index.ts');
  const { BlockingForbiddenError: Forbidden } = await import('@concurrency-lab/atomics');
  const [producer, consumer] = fresh.SpscRing.create({ kind: 'int32', capacity: 1 });
  let error: unknown;
  try {
    consumer.receive();
  } catch (caught) {
    error = caught;
  }
  wait.mockRestore();
  expect(error).toBeInstanceOf(Forbidden);
  expect(Forbidden.name).toBe(BlockingForbiddenError.name);
  expect((error as Error).message).toContain('use Consumer.receiveAsync() here');
  expect(producer.push(1)).toBe(true);
});
