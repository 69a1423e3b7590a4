// The models of the audio ring: small programs that check themselves. Every sample says its frame
// and its channel.

import { ClosedError, InvalidHandleError } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import { AudioConsumer, AudioProducer, AudioRing } from '../../src/index.ts';

interface Sides {
  readonly producer: () => AudioProducer;
  readonly consumer: () => AudioConsumer;
}

function ring(frames: number, prefill = 1): Sides {
  const [producer, consumer] = AudioRing.create({ channels: 2, frames, prefill });
  const [forProducer, forConsumer] = [producer.handle, consumer.handle];
  return {
    producer: () => AudioProducer.from(forProducer),
    consumer: () => AudioConsumer.from(forConsumer),
  };
}

/** Makes the frames `first` to `first + count - 1`. */
function block(first: number, count: number): Float32Array[] {
  const left = Float32Array.from({ length: count }, (_, i) => first + i);
  return [left, left.map((sample) => -sample)];
}

/** Checks that the first `count` frames are those that follow `last`; returns the last of them. */
function follow(last: number, channels: readonly Float32Array[], count: number): number {
  for (let i = 0; i < count; i++) {
    const [left, right] = [channels[0]![i]!, channels[1]![i]!];
    if (left !== last + 1 + i || right !== -left) throw new Error(`frame ${last + 1 + i} is ${left}, ${right}`);
  }
  return last + count;
}

/** Frames written and played without waiting: those accepted arrive, in order and whole, over the ring's end. */
export function writeAndPlay(): string {
  const sides = ring(3);
  const writing = spawn(() => {
    const producer = sides.producer();
    let written = producer.write(block(1, 2));
    written += producer.write(block(written + 1, 2));
    return written;
  });
  const consumer = sides.consumer();
  const output = block(0, 2);
  let played = follow(0, output, consumer.play(output));
  played = follow(played, output, consumer.play(output));
  const written = writing.join();
  played = follow(played, output, consumer.read(output));
  played = follow(played, output, consumer.read(output));
  if (played !== written) throw new Error(`written ${written}, played ${played}`);
  return `${written}`;
}

/** What does not fit is dropped, what is missing is silent, and both are counted, for both sides to see. */
export function recordAndPlay(): void {
  const sides = ring(2);
  const recording = spawn(() => {
    const producer = sides.producer();
    const recorded = producer.record(block(1, 3));
    if (recorded !== 2 || producer.overruns !== 1) throw new Error(`recorded ${recorded}, ${producer.overruns} over`);
    return producer.underruns;
  });
  const consumer = sides.consumer();
  const output = block(7, 3);
  const played = consumer.play(output);
  follow(0, output, played);
  const missing = played === 0 ? 3 : 3 - played;
  for (let i = played; i < 3; i++) if (output[0]![i] !== 0 || output[1]![i] !== 0) throw new Error('not silent');
  if (consumer.underruns !== (played === 0 ? 0 : missing)) throw new Error(`${consumer.underruns} under`);
  if (consumer.overruns > 1) throw new Error(`${consumer.overruns} over`);
  recording.join();
  if (consumer.overruns !== 1) throw new Error(`${consumer.overruns} over`);
}

/** A thread that has neither side looks at the counts of both. */
export function counts(): string {
  const [producer, consumer] = AudioRing.create({ channels: 1, frames: 2 });
  const [forProducer, forConsumer] = [producer.handle, consumer.handle];
  const recording = spawn(() => AudioProducer.from(forProducer).record([Float32Array.of(1, 2, 3)]));
  const playing = spawn(() => {
    const here = AudioConsumer.from(forConsumer);
    here.play([new Float32Array(3)]);
  });
  const seen = `${producer.overruns}${consumer.underruns}`;
  recording.join();
  playing.join();
  return seen;
}

/** A feeder that waits for space, and a player that begins when enough is there. */
export function waitAndPlay(): void {
  const sides = ring(2, 2);
  const feeding = spawn(() => {
    const producer = sides.producer();
    producer.write(block(1, 2));
    producer.waitForSpace(1);
    producer.write(block(3, 1));
    producer.close();
  });
  const consumer = sides.consumer();
  const output = block(0, 1);
  let played = follow(0, output, consumer.play(output));
  while (consumer.waitForFrames(1) > 0) played = follow(played, output, consumer.play(output));
  feeding.join();
  if (played !== 3) throw new Error(`played ${played}`);
}

/** A reader that waits for frames gets all of them, and the end. */
export function waitAndRead(): void {
  const sides = ring(2);
  const reading = spawn(() => {
    const consumer = sides.consumer();
    const output = block(0, 2);
    let read = 0;
    while (consumer.waitForFrames(2) > 0) read = follow(read, output, consumer.read(output));
    return read;
  });
  const producer = sides.producer();
  producer.write(block(1, 2));
  let written = 2;
  written += producer.write(block(3, 1));
  producer.close();
  const read = reading.join();
  if (read !== written) throw new Error(`written ${written}, read ${read}`);
}

/** Interleaved frames go in and out as planar ones do. */
export function interleaved(): void {
  const sides = ring(3);
  const writing = spawn(() => {
    const producer = sides.producer();
    return (
      producer.writeInterleaved(Float32Array.of(1, -1)) +
      producer.writeInterleaved(Float32Array.of(2, -2, 3, -3, 4, -4))
    );
  });
  const consumer = sides.consumer();
  const output = block(0, 1);
  let read = follow(0, output, consumer.read(output));
  const written = writing.join();
  const rest = new Float32Array(6);
  const count = consumer.readInterleaved(rest);
  for (let i = 0; i < count; i++) {
    if (rest[2 * i] !== read + 1 + i || rest[2 * i + 1] !== -rest[2 * i]!) throw new Error(`frame ${read + 1 + i}`);
  }
  read += count;
  if (read !== written) throw new Error(`written ${written}, read ${read}`);
}

/** The consumer closes while the producer waits for space: it learns of it. */
export function consumerCloses(): void {
  const sides = ring(2);
  const writing = spawn(() => {
    const producer = sides.producer();
    producer.write(block(1, 2));
    try {
      producer.waitForSpace(2);
    } catch (error) {
      if (error instanceof ClosedError) return;
      throw error;
    }
    throw new Error('space without a reader');
  });
  sides.consumer().close();
  writing.join();
}

/** A side is opened while the ring is placed: it sees all of the ring, or none. */
export function openWhilePlacing(): string {
  const options = { channels: 2, frames: 3, prefill: 2 };
  const buffer = new SharedArrayBuffer(AudioRing.bytesFor(options));
  const handle = { kind: 'audio-ring', version: 1, buffer, byteOffset: 0 } as const;
  const opening = spawn(() => {
    try {
      AudioProducer.from({ ...handle, side: 'producer' });
      const consumer = AudioConsumer.from({ ...handle, side: 'consumer' });
      return `${consumer.capacity} of ${consumer.channels}`;
    } catch (error) {
      if (error instanceof InvalidHandleError) return error.name;
      throw error;
    }
  });
  AudioRing.at(buffer, 0, options);
  return opening.join();
}
