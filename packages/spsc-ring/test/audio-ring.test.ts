import { ClosedError, InvalidArgumentError, InvalidHandleError, TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { fc, test as property } from '../../../vitest.prop.ts';
import { AudioConsumer, AudioProducer, AudioRing, SideTakenError } from '../src/index.ts';

/** Makes the frames from number `first` on: channel c of frame n holds n + c / 8. */
function block(first: number, count: number, channels = 2): Float32Array[] {
  return Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: count }, (_value, i) => first + i + c / 8),
  );
}
const silence = (count: number, channels = 2): Float32Array[] =>
  Array.from({ length: channels }, () => new Float32Array(count));

describe('frames', () => {
  it('come back whole and in order, over the end of the ring', () => {
    const [producer, consumer] = AudioRing.create({ channels: 3, frames: 7 });
    const output = silence(5, 3);
    for (let first = 0; first < 200; first += 5) {
      expect(producer.write(block(first, 5, 3))).toBe(5);
      expect([producer.framesFree, consumer.framesAvailable]).toEqual([2, 5]);
      expect(consumer.read(output)).toBe(5);
      expect(output).toEqual(block(first, 5, 3));
    }
  });

  it('are written as many as fit, from part of the arrays, and the rest later', () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 4 });
    const input = block(0, 10);
    const output = silence(10);
    let [written, read] = [0, 0];
    while (read < 10) {
      written += producer.write(input, written, 10);
      read += consumer.read(output, read, Math.min(10, read + 3));
    }
    expect(output).toEqual(input);
  });

  it('are interleaved or not, as their users like', () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 4 });
    for (let lap = 0; lap < 3; lap++) {
      expect(producer.writeInterleaved(Float32Array.of(1, -1, 2, -2, 3, -3))).toBe(3);
      const output = silence(3);
      expect(consumer.read(output)).toBe(3);
      expect(output).toEqual([Float32Array.of(1, 2, 3), Float32Array.of(-1, -2, -3)]);
      producer.write([Float32Array.of(4, 5, 6), Float32Array.of(-4, -5, -6)]);
      const into = new Float32Array(8);
      expect(consumer.readInterleaved(into)).toBe(3);
      expect([...into]).toEqual([4, -4, 5, -5, 6, -6, 0, 0]);
    }
    expect(producer.writeInterleaved(new Float32Array(12))).toBe(4);
    expect(producer.writeInterleaved(new Float32Array(2))).toBe(0);
    expect(consumer.readInterleaved(new Float32Array(0))).toBe(0);
  });

  property.prop([
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 2, max: 9 }),
    fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 12 })), { maxLength: 40 }),
  ])('are those of a queue of whole frames', (channels, frames, steps) => {
    const [producer, consumer] = AudioRing.create({ channels, frames });
    let [next, queued, taken] = [0, 0, 0];
    for (const [writes, count] of steps) {
      if (writes) {
        const accepted = producer.write(block(next, count, channels));
        expect(accepted).toBe(Math.min(count, frames - queued));
        next += accepted;
        queued += accepted;
      } else {
        const output = silence(count, channels);
        const read = consumer.read(output);
        expect(read).toBe(Math.min(count, queued));
        expect(output.map((channel) => channel.subarray(0, read))).toEqual(block(taken, read, channels));
        taken += read;
        queued -= read;
      }
      expect([producer.framesFree, consumer.framesAvailable]).toEqual([frames - queued, queued]);
    }
  });
});

describe('play', () => {
  it('begins when enough is there, fills the rest with silence, and counts it', () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 8, prefill: 4 });
    const output = block(70, 3);
    producer.write(block(0, 3));
    expect(consumer.play(output)).toBe(0);
    expect(output).toEqual(silence(3));
    producer.write(block(3, 1));
    expect([consumer.play(output), ...output[0]!]).toEqual([3, 0, 1, 2]);
    expect([consumer.play(output), ...output[0]!]).toEqual([1, 3, 0, 0]);
    expect([consumer.play(output), consumer.underruns, producer.underruns]).toEqual([0, 5, 5]);
    producer.write(block(4, 1));
    expect([consumer.play(output), consumer.underruns]).toEqual([1, 7]);
  });

  it('counts nothing after the end, and begins with less where nothing follows', () => {
    const [producer, consumer] = AudioRing.create({ channels: 1, frames: 8, prefill: 4 });
    producer.write(block(0, 2, 1));
    producer.close();
    const output = silence(3, 1);
    expect([consumer.play(output), consumer.isClosed, consumer.underruns]).toEqual([2, true, 0]);
    expect([consumer.play(output), consumer.underruns]).toEqual([0, 0]);
  });
});

describe('record', () => {
  it('drops what does not fit, and counts it', () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 4 });
    expect([producer.record(block(0, 3)), producer.overruns]).toEqual([3, 0]);
    expect([producer.record(block(3, 3)), producer.overruns, consumer.overruns]).toEqual([1, 2, 2]);
    expect(producer.record([])).toBe(0);
    consumer.close();
    expect([producer.record(block(0, 3)), producer.overruns]).toEqual([0, 2]);
  });
});

describe('bad input', () => {
  it('is refused: options out of range', () => {
    const create = (options: object) => () => AudioRing.create(options as never);
    expect(create({ channels: 0, frames: 8 })).toThrow('channels must be an integer from 1 to 64, not 0');
    expect(create({ channels: 2, frames: 1 })).toThrow('frames must be an integer from 2 to 16777216, not 1');
    expect(create({ channels: 2, frames: 8, prefill: 9 })).toThrow('prefill must be an integer from 1 to 8, not 9');
    expect(create({ channels: 64, frames: 2 ** 24 })).toThrow('frames must be fewer: 16777216 of 64 channels take');
    expect(() => AudioRing.create(undefined as never)).toThrow(InvalidArgumentError);
  });

  it('is refused: arrays that do not fit the ring, and nothing is written or read', () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 8 });
    expect(() => producer.write(block(0, 3, 1))).toThrow('one Float32Array for each of the 2 channels, not 1');
    expect(() => producer.record(block(0, 3, 3))).toThrow('not 3');
    expect(() => producer.write([new Float32Array(3), new Float32Array(2)])).toThrow(
      'the array of channel 1 has 2 samples; 3 are needed',
    );
    expect(() => producer.write(block(0, 3), 2, 1)).toThrow('start must be an integer from 0 to 1, not 2');
    expect(() => producer.write(block(0, 3), 0, 4)).toThrow('4 are needed');
    expect(() => producer.writeInterleaved(new Float32Array(3))).toThrow('3 samples are no whole number of frames');
    expect(() => consumer.readInterleaved(new Float32Array(3))).toThrow(InvalidArgumentError);
    expect(() => consumer.play(silence(3, 1))).toThrow(InvalidArgumentError);
    expect(() => consumer.play([])).toThrow(InvalidArgumentError);
    expect(consumer.framesAvailable).toBe(0);
    expect(() => producer.waitForSpace(9)).toThrow('count must be an integer from 1 to 8, not 9');
    expect(() => consumer.waitForFrames(0)).toThrow(InvalidArgumentError);
  });

  it('is refused: handles of something else, and sides that are taken', () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 8 });
    expect(() => AudioConsumer.from(producer.handle as never)).toThrow(InvalidHandleError);
    expect(() => AudioProducer.from({ ...producer.handle, byteOffset: 4 })).toThrow(InvalidHandleError);
    AudioProducer.from(structuredClone(producer.handle));
    expect(() => producer.write(block(0, 1))).toThrow(SideTakenError);
    consumer.read(silence(1));
    expect(() => AudioConsumer.from(consumer.handle)).toThrow(SideTakenError);
    expect(AudioConsumer.from(consumer.handle, { takeOver: true }).framesAvailable).toBe(0);
  });
});

describe('waiting', () => {
  it('for space and for frames ends when there is as much', async () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 8 });
    producer.waitForSpace(8);
    expect(() => consumer.waitForFrames(3, { timeout: 5 })).toThrow(TimeoutError);
    const frames = consumer.waitForFramesAsync(3);
    producer.write(block(0, 2));
    producer.write(block(2, 3));
    expect(await frames).toBe(5);
    const space = producer.waitForSpaceAsync(6, { timeout: 100_000 });
    consumer.read(silence(5));
    await space;
    await expect(consumer.waitForFramesAsync(1, { timeout: 5 })).rejects.toThrow(TimeoutError);
  });

  it('ends where the other side has closed', async () => {
    const [producer, consumer] = AudioRing.create({ channels: 2, frames: 8 });
    producer.write(block(0, 2));
    const frames = consumer.waitForFramesAsync(3);
    producer.close();
    expect(await frames).toBe(2);
    expect([consumer.waitForFrames(2), consumer.read(silence(8)), consumer.waitForFrames(1)]).toEqual([2, 2, 0]);
    expect(() => producer.waitForSpace(1)).toThrow(ClosedError);
    const [other, reader] = AudioRing.create({ channels: 2, frames: 8 });
    other.write(block(0, 8));
    const space = other.waitForSpaceAsync(1);
    reader.close();
    await expect(space).rejects.toThrow(ClosedError);
  });
});
