// Audio between threads: whole frames of interleaved samples, written from and read into the
// arrays of an audio graph, one for each channel. Meant for one side in an AudioWorklet, whose
// `process` calls `play` or `record`: they allocate nothing, never wait and never wake anybody.
// The other side, in a worker, waits by looking every millisecond.
//
// Source: the use is that of Paul Adenot's ringbuf.js; the protocol is cursor.ts's.

import { AudioConsumer } from './audio-consumer.ts';
import { type AudioMemory, type AudioRingOptions, BYTE_ALIGNMENT, byteLengthOf, place } from './audio-layout.ts';
import { AudioProducer } from './audio-producer.ts';

/** Holds the two sides of an audio ring. */
export type AudioSides = readonly [producer: AudioProducer, consumer: AudioConsumer];

/**
 * Makes rings of audio frames: one thread writes them, one reads them.
 *
 * What the producer did before a write happens before the read that returns its frames.
 *
 * @example
 * ```ts
 * import { AudioConsumer, AudioRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = AudioRing.create({ channels: 2, frames: 1024 });
 * producer.write([Float32Array.of(0.1, 0.2, 0.3), Float32Array.of(-0.1, -0.2, -0.3)]); // => 3
 *
 * const player = AudioConsumer.from(structuredClone(consumer.handle)); // in the AudioWorklet
 * const output = [new Float32Array(4), new Float32Array(4)]; // as `process` gets it
 * player.play(output); // => 3
 * output[0]![3]; // => 0
 * player.underruns; // => 1
 * ```
 */
export class AudioRing {
  /** Gives the number that a ring in the caller's memory must begin at a multiple of. */
  static readonly BYTE_ALIGNMENT: number = BYTE_ALIGNMENT;

  private constructor() {}

  /**
   * Creates a ring in memory of its own.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: AudioRingOptions): AudioSides {
    return sidesOf(place(options));
  }

  /**
   * Creates a ring in {@link AudioRing.bytesFor} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of {@link AudioRing.BYTE_ALIGNMENT}
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   * @throws {InvalidArgumentError} on an option out of range
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: AudioRingOptions): AudioSides {
    return sidesOf(place(options, buffer, byteOffset));
  }

  /**
   * Counts the bytes that a ring with these options takes.
   *
   * @throws {InvalidArgumentError} on an option out of range
   *
   * @example
   * ```ts
   * import { AudioRing } from '@concurrency-lab/spsc-ring';
   *
   * AudioRing.bytesFor({ channels: 2, frames: 4096 }); // => 33_536
   * ```
   */
  static bytesFor(options: AudioRingOptions): number {
    return byteLengthOf(options);
  }
}

function sidesOf(memory: AudioMemory): AudioSides {
  return [new AudioProducer(memory), new AudioConsumer(memory)];
}
