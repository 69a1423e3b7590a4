// Rings of messages as their users make them: a pair of sides, in memory of their own or in the caller's.

import { ByteConsumer } from './byte-consumer.ts';
import { BYTE_ALIGNMENT, byteLengthOf, type ByteRingOptions, place } from './byte-memory.ts';
import { ByteProducer } from './byte-producer.ts';
import type { CodecOption, MessageCodec } from './codec.ts';

/** Holds the two sides of a ring of messages. */
export type ByteSides<T> = readonly [producer: ByteProducer<T>, consumer: ByteConsumer<T>];

/**
 * Makes rings of messages of any length: bytes, text, or what a codec makes of them.
 *
 * The two sides come as a pair. Each belongs to the thread that uses it first: keep one, and send
 * the other's `handle` to the thread that will use it.
 *
 * @example
 * ```ts
 * import { ByteConsumer, ByteRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = ByteRing.create({ capacity: 65_536, codec: 'text' });
 * const there = ByteConsumer.from(structuredClone(consumer.handle), { codec: 'text' }); // in a worker
 * producer.push('grüße'); // => true
 * there.pop(); // => 'grüße'
 * there.pop(); // => undefined
 * ```
 */
export class ByteRing {
  /** Gives the number that a ring in the caller's memory must begin at a multiple of. */
  static readonly BYTE_ALIGNMENT: number = BYTE_ALIGNMENT;

  private constructor() {}

  /**
   * Creates a ring in memory of its own.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create<T>(options: ByteRingOptions & { codec: MessageCodec<T> }): ByteSides<T>;
  /** Creates a ring in memory of its own, for texts. */
  static create(options: ByteRingOptions & { codec: 'text' }): ByteSides<string>;
  /** Creates a ring in memory of its own, for bytes. */
  static create(options: ByteRingOptions & { codec?: 'bytes' }): ByteSides<Uint8Array>;
  /** Creates a ring in memory of its own, as above. */
  static create(options: ByteRingOptions & { codec?: CodecOption<unknown> }): ByteSides<unknown> {
    const memory = place(options);
    return [new ByteProducer<unknown>(memory, options.codec), new ByteConsumer<unknown>(memory, options.codec)];
  }

  /**
   * Creates a ring in {@link ByteRing.bytesFor} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of {@link ByteRing.BYTE_ALIGNMENT}
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   * @throws {InvalidArgumentError} on an option out of range
   */
  static at<T>(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: ByteRingOptions & { codec: MessageCodec<T> },
  ): ByteSides<T>;
  /** Creates a ring in the caller's memory, for texts. */
  static at(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: ByteRingOptions & { codec: 'text' },
  ): ByteSides<string>;
  /** Creates a ring in the caller's memory, for bytes. */
  static at(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: ByteRingOptions & { codec?: 'bytes' },
  ): ByteSides<Uint8Array>;
  /** Creates a ring in the caller's memory, as above. */
  static at(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: ByteRingOptions & { codec?: CodecOption<unknown> },
  ): ByteSides<unknown> {
    const memory = place(options, buffer, byteOffset);
    return [new ByteProducer<unknown>(memory, options.codec), new ByteConsumer<unknown>(memory, options.codec)];
  }

  /**
   * Counts the bytes that a ring with these options takes.
   *
   * @throws {InvalidArgumentError} on an option out of range
   *
   * @example
   * ```ts
   * import { ByteRing } from '@concurrency-lab/spsc-ring';
   *
   * ByteRing.bytesFor({ capacity: 1024 }); // => 1536
   * ```
   */
  static bytesFor(options: ByteRingOptions): number {
    return byteLengthOf(options);
  }
}
