// Rings of messages and of audio between real threads, on the built package. What they can show
// is that the engine and the code agree; what stress on one machine cannot show, the models prove.

import { describe, expect, it } from 'vitest';
import { AudioRing, ByteRing, OverwritingRing } from '../src/index.ts';
import { workersBeside } from '../../../vitest.threads.ts';

const startWorker = workersBeside(import.meta.url);

const PATIENCE = { timeout: 100_000 };

describe('messages from a worker', () => {
  /** Checks that a message is the one of its number. */
  function isMessage(bytes: Uint8Array, number: number): boolean {
    return bytes.length === 1 + ((number * 7) % 60) && bytes.every((byte) => byte === (number & 255));
  }

  it('arrive whole and in order, both threads parking', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 512 });
    const count = 50_000;
    const { result } = startWorker<string>('byte-producer', { handle: producer.handle, count });
    let wrong = 0;
    for (let number = 0; number < count; number++) if (!isMessage(consumer.receive(PATIENCE), number)) wrong++;
    expect(wrong).toBe(0);
    expect(() => consumer.receive(PATIENCE)).toThrow('the ring is closed');
    return result;
  });

  it('arrive while this thread does not block', async () => {
    const [producer, consumer] = ByteRing.create({ capacity: 512 });
    const count = 10_000;
    const { result } = startWorker<string>('byte-producer', { handle: producer.handle, count });
    let [number, wrong] = [0, 0];
    for await (const bytes of consumer) if (!isMessage(bytes, number++)) wrong++;
    expect([number, wrong, await result]).toEqual([count, 0, 'done']);
  });

  it('arrive but for the one it died in', async () => {
    const [producer, consumer] = ByteRing.create({ capacity: 4096 });
    const { result } = startWorker<string>('byte-producer', { handle: producer.handle, count: 50, dies: true });
    await expect(result).rejects.toThrow('exited');
    consumer.close(); // the producer cannot
    for (let number = 0; number < 50; number++) expect(isMessage(consumer.receive(), number)).toBe(true);
    expect(() => consumer.receive()).toThrow('the ring is closed');
  });
});

describe('an overwriting ring', () => {
  it('gives no torn message, and counts what it missed, while a worker overruns it', async () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 4, maxMessageBytes: 64 });
    const count = 300_000;
    const { result } = startWorker<number>('overwriting-producer', { handle: producer.handle, count });
    let [taken, torn, expected] = [0, 0, 0];
    const numbers = new Int32Array(16);
    const target = new Uint8Array(numbers.buffer);
    while (!consumer.isClosed) {
      const before = consumer.missed;
      if (consumer.popInto(target) === undefined) continue;
      expected += consumer.missed - before;
      if (!numbers.every((number) => number === expected)) torn++;
      expected++;
      taken++;
    }
    expect(torn).toBe(0);
    expect(taken + consumer.missed).toBe(count);
    expect(taken).toBeGreaterThan(3);
    expect(await result).toBe(count);
  });
});

describe('audio', () => {
  it('is played by a worker without a sample out of place', async () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 1024, prefill: 256 });
    const { result } = startWorker<{ frames: number; wrong: number }>('audio-player', consumer.handle);
    const frames = 200_000;
    const block = [new Float32Array(100), new Float32Array(100)];
    for (let first = 0; first < frames; first += 100) {
      for (let i = 0; i < 100; i++) {
        block[0]![i] = first + i + 1;
        block[1]![i] = -(first + i + 1);
      }
      for (let from = 0; from < 100; from += producer.write(block, from)) producer.waitForSpace(1, PATIENCE);
    }
    producer.close();
    expect(await result).toMatchObject({ frames, wrong: 0 });
  });
});
