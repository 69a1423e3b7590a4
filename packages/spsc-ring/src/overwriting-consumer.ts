// The consumer's side of an overwriting ring: it gets the latest messages, and the count of those
// it missed.

import { ClosedError, type WaitOptions } from '@concurrency-lab/atomics';
import { type CodecOption, copyOut, type Encoding, encodingOf, type MessageCodec, requireRoom } from './codec.ts';
import { CONSUMER } from './control.ts';
import { Cursor } from './cursor.ts';
import { CellReader } from './overwriting-cells.ts';
import { openOverwriting, type OverwritingHandle, type OverwritingPlace } from './overwriting-memory.ts';
import { WaitingLine } from './waiting-line.ts';
import { waitUntil } from './waiting-until.ts';

/**
 * Takes messages out of a ring that keeps the latest ones; in order, whole, and with an exact
 * count of those that were overwritten before.
 *
 * It belongs to the thread that first uses it, or that opens its handle: then to that thread alone.
 *
 * @example
 * ```ts
 * import { OverwritingRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = OverwritingRing.create({ capacity: 4, maxMessageBytes: 8 });
 * for (let i = 0; i < 10; i++) producer.push(Uint8Array.of(i));
 * consumer.pop(); // => Uint8Array.of(6)
 * consumer.missed; // => 6
 * consumer.size; // => 3
 * ```
 */
export class OverwritingConsumer<T = Uint8Array> implements Disposable {
  readonly #place: OverwritingPlace;
  readonly #cursor: Cursor;
  readonly #reader: CellReader;
  readonly #encoding: Encoding<T>;
  #line: WaitingLine | undefined;
  /** True while the reader holds a message that was not handed out. */
  #isHeld = false;
  #hasClosed = false;

  /** Builds the side of a ring that has been placed or opened; for this package. */
  constructor(place: OverwritingPlace, codec: CodecOption<unknown> | undefined) {
    const { memory } = place;
    this.#place = place;
    this.#cursor = new Cursor(memory.words, CONSUMER);
    this.#reader = new CellReader(this.#cursor, memory);
    this.#encoding = encodingOf(codec, memory.messageBytes);
  }

  /**
   * Opens the consumer's side on the thread that received its handle. Both sides must be given the same codec.
   *
   * @throws {SideTakenError} where it is open already
   * @throws {InvalidHandleError} on anything but the handle of an overwriting ring's consumer
   * @throws {InvalidArgumentError} on what is no codec
   */
  static from<T>(handle: OverwritingHandle<'consumer'>, options: { codec: MessageCodec<T> }): OverwritingConsumer<T>;
  /** Opens the consumer's side, for texts. */
  static from(handle: OverwritingHandle<'consumer'>, options: { codec: 'text' }): OverwritingConsumer<string>;
  /** Opens the consumer's side, for bytes. */
  static from(handle: OverwritingHandle<'consumer'>, options?: { codec?: 'bytes' }): OverwritingConsumer;
  /** Opens the consumer's side, as above. */
  static from(
    handle: OverwritingHandle<'consumer'>,
    options: { codec?: CodecOption<unknown> } = {},
  ): OverwritingConsumer<unknown> {
    const consumer = new OverwritingConsumer<unknown>(openOverwriting(handle, 'consumer'), options.codec);
    consumer.#cursor.open(false);
    return consumer;
  }

  /** Gives the plain object that names this side to another thread. */
  get handle(): OverwritingHandle<'consumer'> {
    return { ...this.#place.region.handle, side: 'consumer' };
  }

  /** Tells how many messages the ring keeps. */
  get capacity(): number {
    return this.#place.memory.capacity;
  }

  /** Tells how many bytes the longest message has that the ring takes. */
  get maxMessageBytes(): number {
    return this.#place.memory.messageBytes;
  }

  /**
   * Counts the messages that were overwritten before they could be taken: all that were pushed
   * before the last one that was taken, and never came. Costs no access to shared memory.
   */
  get missed(): number {
    return this.#reader.missed;
  }

  /** Counts the messages there are; the producer may add and overwrite some at any time. One atomic load. */
  get size(): number {
    return this.#hasClosed ? 0 : this.#reader.size + (this.#isHeld ? 1 : 0);
  }

  /** Tells whether the ring is closed and empty, so that nothing will ever come. One atomic load. */
  get isClosed(): boolean {
    return this.#hasClosed || (!this.#isHeld && this.#cursor.isClosed);
  }

  /**
   * Takes the oldest message out of the ring. Never waits; allocates the message. It looks again
   * for each message that the producer overwrites at that very moment.
   *
   * @returns the message, or undefined where there is none yet, or ever: see {@link OverwritingConsumer.isClosed}
   * @throws {SideTakenError} at the first use, where another thread has this side
   * @throws what the codec throws; the message stays, and {@link OverwritingConsumer.skip} drops it
   */
  pop(): T | undefined {
    return this.#hold() ? this.#decode() : undefined;
  }

  #hold(): boolean {
    this.#isHeld ||= !this.#hasClosed && this.#reader.take();
    return this.#isHeld;
  }

  #decode(): T {
    const { start, length } = this.#reader;
    const value = this.#encoding.read(this.#place.memory.bytes, start, length);
    this.#isHeld = false;
    return value;
  }

  /**
   * Copies the bytes of the oldest message to the beginning of `target`, and takes it out. Never
   * waits; allocates nothing for up to 32 bytes, and a small view for more.
   *
   * @returns how many bytes the message has, or undefined where there is none
   * @throws {InvalidArgumentError} where `target` is too short, or no Uint8Array; the message is kept for the next call
   */
  popInto(target: Uint8Array): number | undefined {
    if (!this.#hold()) return undefined;
    const { start, length } = this.#reader;
    requireRoom(target, length);
    copyOut(this.#place.memory.bytes, start, length, target);
    this.#isHeld = false;
    return length;
  }

  /**
   * Gives the bytes of the oldest message, to be read in place; the producer cannot reach them,
   * however long it takes. The same message again until {@link OverwritingConsumer.release}.
   * Never waits; allocates a small view.
   *
   * @returns the bytes, a multiple of 8 from the beginning of the ring, valid until the next
   * message is taken; undefined where there is none
   */
  read(): Uint8Array<SharedArrayBuffer> | undefined {
    if (!this.#hold()) return undefined;
    const { start, length } = this.#reader;
    return this.#place.memory.bytes.subarray(start, start + length);
  }

  /** Takes the message that was read in place; false where none was. Never waits. */
  release(): boolean {
    const wasHeld = this.#isHeld;
    this.#isHeld = false;
    return wasHeld;
  }

  /** Drops the oldest message, which is not counted as missed; false where there is none. Never waits, never allocates. */
  skip(): boolean {
    const isThere = this.#hold();
    this.#isHeld = false;
    return isThere;
  }

  /**
   * Takes the oldest message; blocks while there is none: spins, then parks.
   *
   * @throws {ClosedError} where the ring is closed and empty
   * @throws {TimeoutError} after `timeout`
   * @throws {BlockingForbiddenError} where it must block and this thread may not; use {@link OverwritingConsumer.receiveAsync}
   * @throws the reason of an aborted signal, {@link CancelledError} of a cancelled token
   */
  receive(options?: WaitOptions): T {
    if (options !== undefined || !this.#hold()) {
      waitUntil(this.#cursor, () => this.#isThere(), 'OverwritingConsumer.receive', options);
    }
    return this.#decode();
  }

  /**
   * Takes the oldest message, without blocking, once there is one; in the order of the calls.
   * Rejects as {@link OverwritingConsumer.receive} throws.
   */
  async receiveAsync(options?: WaitOptions): Promise<T> {
    let value: T | undefined;
    const take = (): boolean => {
      if (!this.#isThere()) return false;
      value = this.#decode();
      return true;
    };
    this.#line ??= new WaitingLine(this.#cursor);
    await this.#line.enter(take, 'OverwritingConsumer.receive', options);
    return value as T;
  }

  #isThere(): boolean {
    if (this.#hold()) return true;
    if (!this.#hasClosed && !this.#cursor.hasEnded) return false;
    throw new ClosedError('the ring is closed, and what was left has been taken');
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

  /** Closes the ring: what is in it is dropped, and what is pushed from now on reaches nobody. */
  close(): void {
    this.#hasClosed = true;
    this.#isHeld = false;
    this.#cursor.close();
    this.#line?.wake();
  }

  /** Closes the ring, if this side was ever used. */
  [Symbol.dispose](): void {
    if (this.#cursor.isOpened) this.close();
  }
}
