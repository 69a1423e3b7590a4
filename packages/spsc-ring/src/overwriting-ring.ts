// Rings that keep the latest messages, as their users make them: a pair of sides, in memory of
// their own or in the caller's.

import { OverwritingConsumer } from './overwriting-consumer.ts';
import { BYTE_ALIGNMENT, byteLengthOf, type OverwritingRingOptions, place } from './overwriting-memory.ts';
import { OverwritingProducer } from './overwriting-producer.ts';
import type { CodecOption, MessageCodec } from './codec.ts';

/** Holds the two sides of a ring that keeps the latest messages. */
export type OverwritingSides<T> = readonly [producer: OverwritingProducer<T>, consumer: OverwritingConsumer<T>];

/**
 * Makes rings that keep the latest messages: for telemetry, logs and states, where the newest
 * counts and the producer must never be held up. A full ring loses its oldest message, and the
 * consumer is told how many it missed.
 *
 * The two sides come as a pair. Each belongs to the thread that uses it first: keep one, and send
 * the other's `handle` to the thread that will use it.
 *
 * @example
 * ```ts
 * import { OverwritingConsumer, OverwritingRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 64, codec: 'text' });
 * const there = OverwritingConsumer.from(structuredClone(consumer.handle), { codec: 'text' }); // in a worker
 * for (const text of ['a', 'b', 'c']) producer.push(text);
 * [there.pop(), there.pop(), there.pop()]; // => ['b', 'c', undefined]
 * there.missed; // => 1
 * ```
 */
export class OverwritingRing {
  /** Gives the number that a ring in the caller's memory must begin at a multiple of. */
  static readonly BYTE_ALIGNMENT: number = BYTE_ALIGNMENT;

  private constructor() {}

  /**
   * Creates a ring in memory of its own.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create<T>(options: OverwritingRingOptions & { codec: MessageCodec<T> }): OverwritingSides<T>;
  /** Creates a ring in memory of its own, for texts. */
  static create(options: OverwritingRingOptions & { codec: 'text' }): OverwritingSides<string>;
  /** Creates a ring in memory of its own, for bytes. */
  static create(options: OverwritingRingOptions & { codec?: 'bytes' }): OverwritingSides<Uint8Array>;
  /** Creates a ring in memory of its own, as above. */
  static create(options: OverwritingRingOptions & { codec?: CodecOption<unknown> }): OverwritingSides<unknown> {
    const memory = place(options);
    return [
      new OverwritingProducer<unknown>(memory, options.codec),
      new OverwritingConsumer<unknown>(memory, options.codec),
    ];
  }

  /**
   * Creates a ring in {@link OverwritingRing.bytesFor} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of {@link OverwritingRing.BYTE_ALIGNMENT}
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   * @throws {InvalidArgumentError} on an option out of range
   */
  static at<T>(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: OverwritingRingOptions & { codec: MessageCodec<T> },
  ): OverwritingSides<T>;
  /** Creates a ring in the caller's memory, for texts. */
  static at(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: OverwritingRingOptions & { codec: 'text' },
  ): OverwritingSides<string>;
  /** Creates a ring in the caller's memory, for bytes. */
  static at(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: OverwritingRingOptions & { codec?: 'bytes' },
  ): OverwritingSides<Uint8Array>;
  /** Creates a ring in the caller's memory, as above. */
  static at(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: OverwritingRingOptions & { codec?: CodecOption<unknown> },
  ): OverwritingSides<unknown> {
    const memory = place(options, buffer, byteOffset);
    return [
      new OverwritingProducer<unknown>(memory, options.codec),
      new OverwritingConsumer<unknown>(memory, options.codec),
    ];
  }

  /**
   * Counts the bytes that a ring with these options takes.
   *
   * @throws {InvalidArgumentError} on an option out of range
   *
   * @example
   * ```ts
   * import { OverwritingRing } from '@concurrency-lab/spsc-ring';
   *
   * OverwritingRing.bytesFor({ capacity: 64, maxMessageBytes: 48 }); // => 4992
   * ```
   */
  static bytesFor(options: OverwritingRingOptions): number {
    return byteLengthOf(options);
  }
}
