// The consumer's side of a ring of messages: decodes a message in place, then hands its room back.

import { ClosedError, type WaitOptions } from '@concurrency-lab/atomics';
import { type ByteHandle, type ByteMemory, FRAMES, openBytes } from './byte-memory.ts';
import { type CodecOption, copyOut, type Encoding, encodingOf, type MessageCodec, requireRoom } from './codec.ts';
import { CONSUMER } from './control.ts';
import { Cursor } from './cursor.ts';
import { FrameReader } from './framing.ts';
import type { OpenOptions } from './side.ts';
import { WaitingLine } from './waiting-line.ts';
import { waitUntil } from './waiting-until.ts';

/**
 * Takes messages out of a ring, in the order in which they were put in.
 *
 * It belongs to the thread that first uses it, or that opens its handle: then to that thread alone.
 *
 * @example
 * ```ts
 * import { ByteRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = ByteRing.create({ capacity: 1024, codec: 'text' });
 * producer.send('last words');
 * producer.close();
 * consumer.isClosed; // => false
 * consumer.receive(); // => 'last words'
 * consumer.isClosed; // => true
 * ```
 */
export class ByteConsumer<T = Uint8Array> implements Disposable {
  readonly #memory: ByteMemory;
  readonly #cursor: Cursor;
  readonly #reader: FrameReader;
  readonly #encoding: Encoding<T>;
  #line: WaitingLine | undefined;
  /** True after `read`, until the message is taken. */
  #isRead = false;

  /** Builds the side of a ring that has been placed or opened; for this package. */
  constructor(memory: ByteMemory, codec: CodecOption<unknown> | undefined) {
    this.#memory = memory;
    this.#cursor = new Cursor(memory.words, CONSUMER);
    this.#reader = new FrameReader(this.#cursor, FRAMES);
    this.#encoding = encodingOf(codec, memory.most);
  }

  /**
   * Opens the consumer's side on the thread that received its handle. Both sides must be given the same codec.
   *
   * After a `takeOver`, messages whose room the other had not handed back yet come again.
   *
   * @throws {SideTakenError} where it is open already
   * @throws {InvalidHandleError} on anything but the handle of a byte ring's consumer
   * @throws {InvalidArgumentError} on what is no codec
   */
  static from<T>(handle: ByteHandle<'consumer'>, options: OpenOptions & { codec: MessageCodec<T> }): ByteConsumer<T>;
  /** Opens the consumer's side, for texts. */
  static from(handle: ByteHandle<'consumer'>, options: OpenOptions & { codec: 'text' }): ByteConsumer<string>;
  /** Opens the consumer's side, for bytes. */
  static from(handle: ByteHandle<'consumer'>, options?: OpenOptions & { codec?: 'bytes' }): ByteConsumer;
  /** Opens the consumer's side, as above. */
  static from(handle: ByteHandle<'consumer'>, options: OpenOptions & CodecOptions = {}): ByteConsumer<unknown> {
    const consumer = new ByteConsumer<unknown>(openBytes(handle, 'consumer'), options.codec);
    consumer.#cursor.open(options.takeOver === true);
    return consumer;
  }

  /** Gives the plain object that names this side to another thread. */
  get handle(): ByteHandle<'consumer'> {
    return { ...this.#memory.region.handle, side: 'consumer' };
  }

  /** Tells how many bytes the ring holds at least; each message takes 4 more than its own, and is filled up to a multiple of 4. */
  get capacity(): number {
    return this.#memory.capacity;
  }

  /** Tells how many bytes the longest message has that the ring takes. */
  get maxMessageBytes(): number {
    return this.#memory.most;
  }

  /** Tells whether the ring is closed and empty, so that nothing will ever come. One atomic load. */
  get isClosed(): boolean {
    return this.#cursor.isClosed;
  }

  /**
   * Takes the next message out of the ring. Never waits; allocates the message.
   *
   * @returns the message, or undefined where there is none yet, or ever: see {@link ByteConsumer.isClosed}
   * @throws {SideTakenError} at the first use, where another thread has this side
   * @throws what the codec throws; the message stays, and {@link ByteConsumer.skip} drops it
   */
  pop(): T | undefined {
    const reader = this.#reader;
    return reader.read() ? this.#take() : undefined;
  }

  #take(): T {
    const { start, length } = this.#reader;
    const value = this.#encoding.read(this.#memory.bytes, start, length);
    this.#isRead = false;
    this.#reader.release();
    return value;
  }

  /**
   * Copies the bytes of the next message to the beginning of `target`, and takes it out. Never
   * waits; allocates nothing for up to 32 bytes, and a small view for more.
   *
   * @returns how many bytes the message has, or undefined where there is none
   * @throws {InvalidArgumentError} where `target` is too short, or no Uint8Array; the message stays in the ring
   */
  popInto(target: Uint8Array): number | undefined {
    const reader = this.#reader;
    if (!reader.read()) return undefined;
    const { length } = reader;
    requireRoom(target, length);
    copyOut(this.#memory.bytes, reader.start, length, target);
    this.#isRead = false;
    reader.release();
    return length;
  }

  /**
   * Gives the bytes of the next message, to be read in place, without taking it:
   * {@link ByteConsumer.release} does. Never waits; allocates a small view.
   *
   * @returns the bytes, a multiple of 4 from the beginning of their buffer, valid until they are
   * released; undefined where there is no message
   *
   * @example
   * ```ts
   * import { ByteRing } from '@concurrency-lab/spsc-ring';
   *
   * const [producer, consumer] = ByteRing.create({ capacity: 64 });
   * producer.push(Uint8Array.of(1, 2, 3));
   * consumer.read()?.at(-1); // => 3
   * consumer.release(); // => true
   * consumer.release(); // => false
   * ```
   */
  read(): Uint8Array<SharedArrayBuffer> | undefined {
    const reader = this.#reader;
    if (!reader.read()) return undefined;
    this.#isRead = true;
    return this.#memory.bytes.subarray(reader.start, reader.start + reader.length);
  }

  /** Takes the message that was read in place: its room is the producer's again. False where none was read. Never waits. */
  release(): boolean {
    const isRead = this.#isRead;
    this.#isRead = false;
    if (isRead) this.#reader.release();
    return isRead;
  }

  /** Drops the next message; false where there is none. Never waits, never allocates. */
  skip(): boolean {
    if (!this.#reader.read()) return false;
    this.#isRead = false;
    this.#reader.release();
    return true;
  }

  /** Hands the room of messages back that is held back until there is more; false where the ring is closed and empty. Never waits. */
  flush(): boolean {
    return this.#cursor.flush();
  }

  /**
   * Takes the next message; blocks while there is none: spins, then parks.
   *
   * @throws {ClosedError} where the ring is closed and empty
   * @throws {TimeoutError} after `timeout`
   * @throws {BlockingForbiddenError} where it must block and this thread may not; use {@link ByteConsumer.receiveAsync}
   * @throws the reason of an aborted signal, {@link CancelledError} of a cancelled token
   */
  receive(options?: WaitOptions): T {
    if (options !== undefined || !this.#reader.read()) {
      waitUntil(this.#cursor, () => this.#isThere(), 'ByteConsumer.receive', options);
    }
    return this.#take();
  }

  /**
   * Takes the next message, without blocking, once there is one; in the order of the calls.
   * Rejects as {@link ByteConsumer.receive} throws.
   */
  async receiveAsync(options?: WaitOptions): Promise<T> {
    let value: T | undefined;
    const take = (): boolean => {
      if (!this.#isThere()) return false;
      value = this.#take();
      return true;
    };
    this.#line ??= new WaitingLine(this.#cursor);
    await this.#line.enter(take, 'ByteConsumer.receive', options);
    return value as T;
  }

  #isThere(): boolean {
    if (this.#reader.read()) return true;
    if (this.#cursor.hasEnded) throw new ClosedError('the ring is closed, and all that was sent has been taken');
    return false;
  }

  /** Takes messages as they come, until the ring is closed and empty. Leaving the loop early leaves the ring open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    const iterator: AsyncIterableIterator<T, undefined> = {
      [Symbol.asyncIterator]: () => iterator,
      next: async () => {
        try {
          return { done: false, value: await this.receiveAsync() };
        } catch (error) {
          if (error instanceof ClosedError) return { done: true, value: undefined };
          throw error;
        }
      },
    };
    return iterator;
  }

  /** Closes the ring: messages are refused from now on. What was published before can still be taken. */
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
