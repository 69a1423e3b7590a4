// The producer's side of a ring of messages: encodes a message in place, then publishes it.

import { ClosedError, InvalidArgumentError, requireInteger, type WaitOptions } from '@concurrency-lab/atomics';
import { type ByteHandle, type ByteMemory, openBytes, requireFitting } from './byte-memory.ts';
import { type CodecOption, type Encoding, encodingOf, type MessageCodec } from './codec.ts';
import { PRODUCER } from './control.ts';
import { Cursor } from './cursor.ts';
import { FRAMES } from './byte-memory.ts';
import { FrameWriter } from './framing.ts';
import type { OpenOptions } from './side.ts';
import { WaitingLine } from './waiting-line.ts';
import { waitUntil } from './waiting-until.ts';

const NOTHING = -1;

/**
 * Puts messages into a ring.
 *
 * It belongs to the thread that first uses it, or that opens its handle: then to that thread
 * alone. What the producer wrote before a message is published happens before the call of the
 * consumer that returns the message.
 *
 * @example
 * ```ts
 * import { ByteRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = ByteRing.create({ capacity: 64 });
 * producer.push(Uint8Array.of(1, 2, 3)); // => true
 * producer.push(new Uint8Array(29)); // throws 'a message of 29 bytes is too long for this ring: it takes at most 28 bytes'
 * consumer.pop(); // => Uint8Array.of(1, 2, 3)
 * ```
 */
export class ByteProducer<T = Uint8Array> implements Disposable {
  readonly #memory: ByteMemory;
  readonly #cursor: Cursor;
  readonly #writer: FrameWriter;
  readonly #encoding: Encoding<T>;
  #line: WaitingLine | undefined;
  /** The bytes reserved; NOTHING where nothing is. */
  #reserved = NOTHING;

  /** Builds the side of a ring that has been placed or opened; for this package. */
  constructor(memory: ByteMemory, codec: CodecOption<unknown> | undefined) {
    this.#memory = memory;
    this.#cursor = new Cursor(memory.words, PRODUCER);
    this.#writer = new FrameWriter(this.#cursor, FRAMES);
    this.#encoding = encodingOf(codec, memory.most);
  }

  /**
   * Opens the producer's side on the thread that received its handle. Both sides must be given the same codec.
   *
   * @throws {SideTakenError} where it is open already
   * @throws {InvalidHandleError} on anything but the handle of a byte ring's producer
   * @throws {InvalidArgumentError} on what is no codec
   */
  static from<T>(handle: ByteHandle<'producer'>, options: OpenOptions & { codec: MessageCodec<T> }): ByteProducer<T>;
  /** Opens the producer's side, for texts. */
  static from(handle: ByteHandle<'producer'>, options: OpenOptions & { codec: 'text' }): ByteProducer<string>;
  /** Opens the producer's side, for bytes. */
  static from(handle: ByteHandle<'producer'>, options?: OpenOptions & { codec?: 'bytes' }): ByteProducer;
  /** Opens the producer's side, as above. */
  static from(handle: ByteHandle<'producer'>, options: OpenOptions & CodecOptions = {}): ByteProducer<unknown> {
    const producer = new ByteProducer<unknown>(openBytes(handle, 'producer'), options.codec);
    producer.#cursor.open(options.takeOver === true);
    return producer;
  }

  /** Gives the plain object that names this side to another thread. */
  get handle(): ByteHandle<'producer'> {
    return { ...this.#memory.region.handle, side: 'producer' };
  }

  /** Tells how many bytes the ring holds at least; each message takes 4 more than its own, and is filled up to a multiple of 4. */
  get capacity(): number {
    return this.#memory.capacity;
  }

  /** Tells how many bytes the longest message has that the ring takes. */
  get maxMessageBytes(): number {
    return this.#memory.most;
  }

  /** Tells whether the ring is closed, by either side, so that messages are refused for good. One atomic load. */
  get isClosed(): boolean {
    return this.#cursor.isClosed;
  }

  /**
   * Puts a message into the ring, unless it does not fit now, or the ring is closed. Never waits.
   * Allocates nothing for bytes, and for text of fewer than 160 characters; a copy of longer text, and a
   * small view for a codec.
   *
   * @returns whether the message was accepted
   * @throws {InvalidArgumentError} on a message that is too long for the ring, or none; nothing is written
   * @throws {SideTakenError} at the first use, where another thread has this side
   * @throws what the codec throws; nothing is published then
   */
  push(value: T): boolean {
    const encoding = this.#encoding;
    const { most, bytes } = this.#memory;
    const writer = this.#writer;
    this.#reserved = NOTHING;
    // What is known at once may be more than the message needs; where that is too much, count.
    let size = encoding.bound(value);
    if (size > most || !writer.reserve(size)) {
      const exact = encoding.size(value, size);
      requireFitting(exact, most);
      if (exact === size || !writer.reserve(exact)) return false;
      size = exact;
    }
    return writer.publish(encoding.write(value, bytes, writer.start, size));
  }

  /**
   * Reserves room for a message of `length` bytes, to be written in place. Nothing is visible to
   * the consumer before {@link ByteProducer.commit}; a push in between, or another reserve, drops
   * the reservation. Never waits; allocates a small view.
   *
   * @returns the bytes to write, a multiple of 4 from the beginning of their buffer, holding
   * anything; undefined where there is no room now, or the ring is closed
   * @throws {InvalidArgumentError} on a length that the ring does not take
   *
   * @example
   * ```ts
   * import { ByteRing } from '@concurrency-lab/spsc-ring';
   *
   * const [producer, consumer] = ByteRing.create({ capacity: 64 });
   * const bytes = producer.reserve(8)!;
   * bytes.fill(7, 0, 3);
   * producer.commit(3); // => true
   * consumer.pop(); // => Uint8Array.of(7, 7, 7)
   * ```
   */
  reserve(length: number): Uint8Array<SharedArrayBuffer> | undefined {
    requireFitting(requireInteger('length', length, 0, Number.MAX_SAFE_INTEGER), this.#memory.most);
    this.#reserved = NOTHING;
    if (!this.#writer.reserve(length)) return undefined;
    this.#reserved = length;
    return this.#memory.bytes.subarray(this.#writer.start, this.#writer.start + length);
  }

  /**
   * Publishes what was written to the room reserved, as a message of its first `length` bytes. Never waits.
   *
   * @param length - all of the room where not given
   * @returns false where the consumer has closed
   * @throws {InvalidArgumentError} on more than was reserved, or where nothing is; nothing is published
   */
  commit(length: number = this.#reserved): boolean {
    const reserved = this.#reserved;
    if (reserved === NOTHING) throw new InvalidArgumentError('there is nothing to commit: reserve() comes first');
    requireInteger('length (no more than is reserved)', length, 0, reserved);
    this.#reserved = NOTHING;
    return this.#writer.publish(length);
  }

  /**
   * Makes all messages visible that `publishEvery` holds back. Never waits.
   *
   * @returns false where the ring is closed
   */
  flush(): boolean {
    return this.#cursor.flush();
  }

  /**
   * Puts a message into the ring; blocks while it does not fit: spins, then parks.
   *
   * @throws {ClosedError} where the ring is closed
   * @throws {TimeoutError} after `timeout`; the message is not in the ring
   * @throws {BlockingForbiddenError} where it must block and this thread may not; use {@link ByteProducer.sendAsync}
   * @throws {InvalidArgumentError} as {@link ByteProducer.push}
   * @throws the reason of an aborted signal, {@link CancelledError} of a cancelled token
   */
  send(value: T, options?: WaitOptions): void {
    if (options === undefined && this.push(value)) return;
    waitUntil(this.#cursor, () => this.#trySend(value), 'ByteProducer.send', options);
  }

  /**
   * Puts a message into the ring, without blocking, once there is room; in the order of the calls.
   * The message must not change meanwhile. Rejects as {@link ByteProducer.send} throws.
   */
  async sendAsync(value: T, options?: WaitOptions): Promise<void> {
    this.#line ??= new WaitingLine(this.#cursor);
    await this.#line.enter(() => this.#trySend(value), 'ByteProducer.send', options);
  }

  #trySend(value: T): boolean {
    if (this.push(value)) return true;
    if (this.#cursor.hasEnded) throw new ClosedError('the ring is closed: nothing more can be sent');
    return false;
  }

  /** Closes the ring: the consumer gets what was sent before, and then sees that nothing follows. */
  close(): void {
    this.#cursor.close();
    this.#line?.wake();
  }

  /** Closes the ring, if this side was ever used. */
  [Symbol.dispose](): void {
    if (this.#cursor.isOpened) this.close();
  }
}

interface CodecOptions {
  readonly codec?: CodecOption<unknown>;
}
