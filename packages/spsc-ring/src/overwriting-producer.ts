// The producer's side of an overwriting ring: it never waits and is never refused.

import { InvalidArgumentError, requireInteger } from '@concurrency-lab/atomics';
import { requireFitting } from './byte-memory.ts';
import { type CodecOption, type Encoding, encodingOf, type MessageCodec } from './codec.ts';
import { PRODUCER } from './control.ts';
import { Cursor } from './cursor.ts';
import { CellWriter } from './overwriting-cells.ts';
import { openOverwriting, type OverwritingHandle, type OverwritingPlace } from './overwriting-memory.ts';

const NOTHING = -1;

/**
 * Puts messages into a ring that keeps the latest ones.
 *
 * It belongs to the thread that first uses it, or that opens its handle: then to that thread
 * alone. What the producer wrote before a push happens before the call of the consumer that
 * returns the message.
 *
 * @example
 * ```ts
 * import { OverwritingRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 16, codec: 'text' });
 * for (const text of ['one', 'two', 'three']) producer.push(text);
 * producer.push('seventeen letters'); // throws 'a message of 17 bytes is too long for this ring: it takes at most 16 bytes'
 * consumer.pop(); // => 'two'
 * ```
 */
export class OverwritingProducer<T = Uint8Array> implements Disposable {
  readonly #place: OverwritingPlace;
  readonly #cursor: Cursor;
  readonly #writer: CellWriter;
  readonly #encoding: Encoding<T>;
  /** The bytes reserved; NOTHING where nothing is. */
  #reserved = NOTHING;

  /** Builds the side of a ring that has been placed or opened; for this package. */
  constructor(place: OverwritingPlace, codec: CodecOption<unknown> | undefined) {
    const { memory } = place;
    this.#place = place;
    this.#cursor = new Cursor(memory.words, PRODUCER);
    this.#writer = new CellWriter(this.#cursor, memory);
    this.#encoding = encodingOf(codec, memory.messageBytes);
  }

  /**
   * Opens the producer's side on the thread that received its handle. Both sides must be given the same codec.
   *
   * @throws {SideTakenError} where it is open already
   * @throws {InvalidHandleError} on anything but the handle of an overwriting ring's producer
   * @throws {InvalidArgumentError} on what is no codec
   */
  static from<T>(handle: OverwritingHandle<'producer'>, options: { codec: MessageCodec<T> }): OverwritingProducer<T>;
  /** Opens the producer's side, for texts. */
  static from(handle: OverwritingHandle<'producer'>, options: { codec: 'text' }): OverwritingProducer<string>;
  /** Opens the producer's side, for bytes. */
  static from(handle: OverwritingHandle<'producer'>, options?: { codec?: 'bytes' }): OverwritingProducer;
  /** Opens the producer's side, as above. */
  static from(
    handle: OverwritingHandle<'producer'>,
    options: { codec?: CodecOption<unknown> } = {},
  ): OverwritingProducer<unknown> {
    const producer = new OverwritingProducer<unknown>(openOverwriting(handle, 'producer'), options.codec);
    producer.#cursor.open(false);
    return producer;
  }

  /** Gives the plain object that names this side to another thread. */
  get handle(): OverwritingHandle<'producer'> {
    return { ...this.#place.region.handle, side: 'producer' };
  }

  /** Tells how many messages the ring keeps. */
  get capacity(): number {
    return this.#place.memory.capacity;
  }

  /** Tells how many bytes the longest message has that the ring takes. */
  get maxMessageBytes(): number {
    return this.#place.memory.messageBytes;
  }

  /** Tells whether the ring is closed, by either side, so that messages reach nobody. One atomic load. */
  get isClosed(): boolean {
    return this.#cursor.isClosed;
  }

  /**
   * Puts a message into the ring, in the place of the oldest where the ring is full. Never waits.
   * Allocates nothing for bytes, and for text of fewer than 160 characters; a copy of longer text, and a
   * small view for a codec.
   *
   * @returns false where the ring is closed, so that the message reaches nobody
   * @throws {InvalidArgumentError} on a message that is too long for the ring, or none; nothing is overwritten
   * @throws {SideTakenError} at the first use, where another thread has this side
   * @throws what the codec throws; nothing is overwritten then
   */
  push(value: T): boolean {
    if (!this.#cursor.isOpened) this.#cursor.open(false);
    const { bytes, messageBytes } = this.#place.memory;
    const encoding = this.#encoding;
    this.#reserved = NOTHING;
    let size = encoding.bound(value);
    if (size > messageBytes) {
      size = encoding.size(value, size);
      requireFitting(size, messageBytes);
    }
    return this.#publish(encoding.write(value, bytes, this.#writer.start, size));
  }

  /**
   * Gives room for a message of up to `length` bytes, to be written in place. Nothing is visible
   * to the consumer, and nothing overwritten, before {@link OverwritingProducer.commit}; a push
   * in between drops what was written. Never waits; allocates a small view.
   *
   * @returns the bytes to write, a multiple of 8 from the beginning of the ring, holding anything
   * @throws {InvalidArgumentError} on a length that the ring does not take
   * @throws {SideTakenError} at the first use, where another thread has this side
   */
  reserve(length: number = this.maxMessageBytes): Uint8Array<SharedArrayBuffer> {
    if (!this.#cursor.isOpened) this.#cursor.open(false);
    const { bytes, messageBytes } = this.#place.memory;
    requireFitting(requireInteger('length', length, 0, Number.MAX_SAFE_INTEGER), messageBytes);
    this.#reserved = length;
    return bytes.subarray(this.#writer.start, this.#writer.start + length);
  }

  /**
   * Publishes what was written to the room reserved, as a message of its first `length` bytes. Never waits.
   *
   * @param length - all of the room where not given
   * @returns false where the ring is closed
   * @throws {InvalidArgumentError} on more than was reserved, or where nothing is; nothing is published
   */
  commit(length: number = this.#reserved): boolean {
    const reserved = this.#reserved;
    if (reserved === NOTHING) throw new InvalidArgumentError('there is nothing to commit: reserve() comes first');
    requireInteger('length (no more than is reserved)', length, 0, reserved);
    this.#reserved = NOTHING;
    return this.#publish(length);
  }

  #publish(length: number): boolean {
    return !this.#cursor.hasEnded && this.#writer.publish(length);
  }

  /** Closes the ring: the consumer gets what is there, and then sees that nothing follows. */
  close(): void {
    this.#cursor.close();
  }

  /** Closes the ring, if this side was ever used. */
  [Symbol.dispose](): void {
    if (this.#cursor.isOpened) this.close();
  }
}
