// Misuse that all kinds of rings share: it is refused by its name, and nothing has happened then.

import { InvalidRegionError } from '@concurrency-lab/atomics';
import { describe, expect, it, vi } from 'vitest';
import { AudioRing, ByteRing, OverwritingRing, SpscRing } from '../src/index.ts';

const items = () => SpscRing.create({ kind: 'int32', capacity: 4 });
const bytes = () => ByteRing.create({ capacity: 64 });
const latest = () => OverwritingRing.create({ capacity: 4, maxMessageBytes: 8 });
const audio = () => AudioRing.create({ channels: 2, frames: 4 });
const message = Uint8Array.of(1, 200, 3);

/** Waits that could go on at once. */
const READY: readonly (readonly [string, (options: never) => unknown])[] = [
  ['Producer.send', (options) => items()[0].send(1, options)],
  ['Producer.sendMany', (options) => items()[0].sendMany(Int32Array.of(1), options)],
  ['Consumer.receive', (options) => filled(items(), 1).receive(options)],
  ['Consumer.receiveMany', (options) => filled(items(), 1).receiveMany(new Int32Array(1), options)],
  ['ByteProducer.send', (options) => bytes()[0].send(message, options)],
  ['ByteConsumer.receive', (options) => filled(bytes(), message).receive(options)],
  ['OverwritingConsumer.receive', (options) => filled(latest(), message).receive(options)],
  ['AudioProducer.waitForSpace', (options) => audio()[0].waitForSpace(1, options)],
  ['Producer.sendAsync', (options) => items()[0].sendAsync(1, options)],
  ['Producer.sendManyAsync', (options) => items()[0].sendManyAsync(Int32Array.of(1), options)],
  ['Consumer.receiveAsync', (options) => filled(items(), 1).receiveAsync(options)],
  ['Consumer.receiveManyAsync', (options) => filled(items(), 1).receiveManyAsync(new Int32Array(1), options)],
  ['ByteProducer.sendAsync', (options) => bytes()[0].sendAsync(message, options)],
  ['ByteConsumer.receiveAsync', (options) => filled(bytes(), message).receiveAsync(options)],
  ['OverwritingConsumer.receiveAsync', (options) => filled(latest(), message).receiveAsync(options)],
  ['AudioProducer.waitForSpaceAsync', (options) => audio()[0].waitForSpaceAsync(1, options)],
];

function filled<T, C>([producer, consumer]: readonly [{ push(item: T): boolean }, C], item: T): C {
  producer.push(item);
  return consumer;
}

describe.each(READY)('%s, though it need not wait,', (_name, wait) => {
  it.each([
    ['an aborted signal', { signal: AbortSignal.abort(new Error('not today')) }, 'not today'],
    ['what is no signal', { signal: new AbortController() }, 'signal must be an AbortSignal or a CancelToken, not'],
    ['what is no timeout', { timeout: Number.NaN }, 'timeout must be a number of milliseconds from 0 to Infinity, not'],
  ])('refuses %s', async (_what, options, why) => {
    await expect(new Promise((resolve) => resolve(wait(options as never)))).rejects.toThrow(why);
  });
});

it('leaves an item where it is that is not received', () => {
  const reason = new Error('not today');
  const [producer, consumer] = items();
  expect(() => producer.send(1, { signal: AbortSignal.abort(reason) })).toThrow(reason);
  expect(consumer.size).toBe(0);
  producer.send(2);
  expect(() => consumer.receive({ signal: AbortSignal.abort(reason) })).toThrow(reason);
  expect(consumer.pop()).toBe(2);
});

describe('a timeout longer than any timer', () => {
  it('does not end at once', async () => {
    const [producer, consumer] = items();
    const received = consumer.receiveAsync({ timeout: 2 ** 31 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    producer.push(7);
    expect(await received).toBe(7);
  });

  it('ends in its time', async () => {
    let now = 0;
    const { setTimeout: setTimer } = globalThis;
    const timers: [() => void, number][] = [];
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, delay: number) => {
      if (delay < 100) return setTimer(callback, delay); // what polls where there is no waitAsync
      return timers.push([callback, delay]);
    }) as never);
    try {
      const waited = bytes()[1].receiveAsync({ timeout: 2 ** 31 + 99 });
      for (const delay of [2 ** 31 - 1, 100]) {
        const [callback, asked] = timers.shift()!;
        expect(asked).toBe(delay);
        now += delay;
        callback();
      }
      expect(timers).toEqual([]);
      await expect(waited).rejects.toThrow('given up after its timeout of 2147483747 ms');
    } finally {
      timer.mockRestore();
      clock.mockRestore();
    }
  });
});

describe('a ring in memory that is not there', () => {
  const nowhere = undefined as never;
  it.each([
    ['SpscRing', () => SpscRing.at(nowhere, 0, { kind: 'int32', capacity: 4 })],
    ['ByteRing', () => ByteRing.at(nowhere, 0, { capacity: 64 })],
    ['OverwritingRing', () => OverwritingRing.at(nowhere, 0, { capacity: 4, maxMessageBytes: 8 })],
    ['AudioRing', () => AudioRing.at(nowhere, 0, { channels: 2, frames: 4 })],
  ])('is not placed elsewhere: %s', (_name, place) => {
    expect(place).toThrow(InvalidRegionError);
    expect(place).toThrow('needs a SharedArrayBuffer, not undefined');
  });
});

describe('arrays of another kind', () => {
  it.each([undefined, null, 5, 'abc', [1, 2], new Float32Array(2)])('copy no items: %s', (given) => {
    const [producer, consumer] = items();
    const array = given as never;
    for (const call of [
      () => producer.pushMany(array),
      () => producer.sendMany(array),
      () => consumer.popMany(array),
      () => consumer.receiveMany(array),
    ]) {
      expect(call).toThrow('this ring copies from and to a Int32Array, not');
    }
  });

  it.each([undefined, null, 5, 'abcd', [0, 0, 0, 0], new Float64Array(4), new Uint8ClampedArray(4)])(
    'copy no message, which stays: %s',
    (given) => {
      for (const consumer of [filled(bytes(), message), filled(latest(), message)]) {
        expect(() => consumer.popInto(given as never)).toThrow('target must be a Uint8Array, not');
        expect(consumer.pop()).toEqual(message);
      }
    },
  );

  it.each([undefined, null, 5, [undefined, undefined]])('copy no frames: %s', (given) => {
    const [producer, consumer] = audio();
    const channels = given as never;
    for (const call of [
      () => producer.write(channels),
      () => producer.record(channels),
      () => consumer.read(channels),
      () => consumer.play(channels),
    ]) {
      expect(call).toThrow('there must be one Float32Array for each of the 2 channels, not');
    }
  });

  it.each([undefined, null, [1, 2], new Int16Array(2), new Float64Array(2)])(
    'copy no interleaved frames: %s',
    (given) => {
      const [producer, consumer] = audio();
      const samples = given as never;
      for (const call of [() => producer.writeInterleaved(samples), () => consumer.readInterleaved(samples)]) {
        expect(call).toThrow('interleaved samples must be a Float32Array, not');
      }
      expect(consumer.framesAvailable).toBe(0);
    },
  );
});
