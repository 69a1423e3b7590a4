// The producer's side of a ring: the only one that writes slots and moves TAIL.

import { ClosedError, requireInteger, type WaitOptions } from '@concurrency-lab/atomics';
import { PRODUCER } from './control.ts';
import { Cursor } from './cursor.ts';
import { type ArrayOf, type ElementArrays, type ElementOf, requireArray, type RingKind } from './elements.ts';
import type { Memory } from './memory.ts';
import { type OpenOptions, openSide, type SideHandle } from './side.ts';
import { Span, Views } from './span.ts';
import { requireLive, waitFor } from './waiting.ts';
import { WaitingLine } from './waiting-line.ts';

/** Names the producer's side of a ring to another thread. */
export type ProducerHandle<Kind extends RingKind = RingKind> = SideHandle<'producer', Kind>;

/**
 * Writes a slot that this side owns.
 *
 * V8 specialises an access for the kinds of array it has met there: up to four are told apart
 * inline, a fifth makes every access a call. Feedback belongs to the place in the source, and
 * classes made by one factory share it. So each kind has a place of its own here, behind a
 * switch whose branch the processor predicts: `node bench/spsc-ring.bench.mjs kinds`. A constant
 * of this module is known to V8 where it is called; an imported one would be loaded and compared.
 */
const storeAt = (slots: ElementArrays[RingKind], code: number, slot: number, value: number | bigint): void => {
  // Plain, all of them: published by R3, and written only after R4 has seen the slot handed back.
  switch (code) {
    case 0:
      (slots as Int8Array)[slot] = value as number; // E1
      break;
    case 1:
      (slots as Uint8Array)[slot] = value as number; // E1
      break;
    case 2:
      (slots as Int16Array)[slot] = value as number; // E1
      break;
    case 3:
      (slots as Uint16Array)[slot] = value as number; // E1
      break;
    case 4:
      (slots as Int32Array)[slot] = value as number; // E1
      break;
    case 5:
      (slots as Uint32Array)[slot] = value as number; // E1
      break;
    case 6:
      (slots as Float32Array)[slot] = value as number; // E1
      break;
    case 7:
      (slots as Float64Array)[slot] = value as number; // E1
      break;
    case 8:
      (slots as BigInt64Array)[slot] = value as bigint; // E1
      break;
    default:
      (slots as BigUint64Array)[slot] = value as bigint; // E1
  }
};

/**
 * Puts items into a ring.
 *
 * It belongs to the thread that first uses it, or that opens its handle: then to that thread alone.
 * What the producer wrote before an item is published happens before the call of the consumer that returns the item.
 *
 * @example
 * ```ts
 * import { SpscRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = SpscRing.create({ kind: 'int32', capacity: 2 });
 * producer.push(7); // => true
 * producer.push(8); // => true
 * producer.push(9); // => false
 * consumer.pop(); // => 7
 * producer.push(9); // => true
 * ```
 */
export class Producer<Kind extends RingKind> implements Disposable {
  readonly #memory: Memory<Kind>;
  readonly #cursor: Cursor;
  readonly #slots: ArrayOf<Kind>;
  readonly #code: number = 0;
  /** Made at the first need, like all that only some rings need. */
  #span: Span<Kind> | undefined;
  #line: WaitingLine | undefined;
  #reserved = 0;
  #reservedAt = 0;

  /** Builds the side of a ring that has been placed or opened; for this package. */
  constructor(memory: Memory<Kind>) {
    this.#memory = memory;
    this.#cursor = new Cursor(memory.words, PRODUCER);
    this.#slots = memory.slots;
    this.#code = memory.code;
  }

  /**
   * Opens the producer's side on the thread that received its handle.
   *
   * @throws {SideTakenError} where it is open already
   * @throws {InvalidHandleError} on anything but the handle of a producer
   */
  static from<Kind extends RingKind>(handle: ProducerHandle<Kind>, options: OpenOptions = {}): Producer<Kind> {
    const producer = new Producer(openSide('producer', handle));
    producer.#cursor.open(options.takeOver === true);
    return producer;
  }

  /** Gives the plain object that names this side to another thread. */
  get handle(): ProducerHandle<Kind> {
    return { ...this.#memory.handle, side: 'producer', element: this.#memory.kind };
  }

  /** Tells how many items the ring holds at least. */
  get capacity(): number {
    return this.#memory.capacity;
  }

  /** Counts the items not yet taken, as far as the consumer has handed slots back: there may be fewer. One atomic load. */
  get size(): number {
    return this.#cursor.size;
  }

  /** Counts the items that can be pushed for certain. One atomic load. */
  get free(): number {
    return this.isClosed ? 0 : this.#cursor.slots - this.#cursor.size;
  }

  /** Tells whether the ring is closed, by either side, so that pushes are refused for good. One atomic load. */
  get isClosed(): boolean {
    return this.#cursor.isClosed;
  }

  /**
   * Puts an item into the ring, unless it is full or closed. Never waits, never allocates.
   *
   * @returns whether the item was accepted; what `publishEvery` holds back is lost if the consumer closes before
   * @throws {SideTakenError} at the first use, where another thread has this side
   */
  push(value: ElementOf<Kind>): boolean {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (at === cursor.limit && !cursor.look()) return false;
    const slots = cursor.slots;
    storeAt(this.#slots, this.#code, cursor.at < slots ? cursor.at : cursor.at - slots, value);
    return cursor.step();
  }

  /**
   * Puts as many items into the ring as fit, copied from `array` between `start` and `end`. Never
   * waits; never allocates where the whole array fits without a wrap.
   *
   * @returns how many items were accepted
   * @throws {InvalidArgumentError} on an array of another kind than the ring's
   */
  pushMany(array: ArrayOf<Kind>, start = 0, end: number = array?.length ?? 0): number {
    requireArray(this.#slots, array);
    requireInteger('end', end, 0, array.length);
    requireInteger('start', start, 0, end);
    return this.#copy(array, start, end);
  }

  #copy(array: ArrayOf<Kind>, start: number, end: number): number {
    const cursor = this.#cursor;
    const count = cursor.ensure(end - start);
    if (count === 0) return 0;
    const slots = this.#slots as Float64Array;
    const from = array as Float64Array; // any kind: the same as that of the slots
    const place = cursor.at < cursor.slots ? cursor.at : cursor.at - cursor.slots;
    const first = Math.min(count, cursor.slots - place);
    if (first === array.length) slots.set(from, place); // E1
    else {
      slots.set(from.subarray(start, start + first), place); // E1
      if (first < count) slots.set(from.subarray(start + first, start + count), 0); // E1
    }
    return cursor.advance(count) ? count : 0;
  }

  /**
   * Reserves up to `count` free slots, to be written in place. Nothing is visible to the consumer
   * before {@link Producer.commit}; a push in between, or another reserve, drops the reservation. Never waits;
   * never allocates where blocks of a constant size, a divisor of a power-of-two capacity's eighth, were reserved a lap before.
   *
   * @returns the slots, fewer than asked for where fewer are free; valid until they are committed
   *
   * @example
   * ```ts
   * import { SpscRing } from '@concurrency-lab/spsc-ring';
   *
   * const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: 8 });
   * const { first } = producer.reserve(4);
   * first.fill(0.5);
   * producer.commit(4); // => 4
   * consumer.size; // => 4
   * ```
   */
  reserve(count: number): Span<Kind> {
    const cursor = this.#cursor;
    const reserved = cursor.ensure(requireInteger('count', count, 0, Number.MAX_SAFE_INTEGER));
    this.#reserved = reserved;
    this.#reservedAt = cursor.at;
    this.#span ??= new Span(this.#slots, new Views(this.#slots));
    return this.#span.set(cursor.at < cursor.slots ? cursor.at : cursor.at - cursor.slots, reserved);
  }

  /**
   * Puts the first `count` of the reserved slots into the ring; the rest of the reservation is dropped.
   *
   * @returns how many were accepted: `count`, or 0 where the consumer has closed
   * @throws {InvalidArgumentError} on more than were reserved; nothing is published
   */
  commit(count: number): number {
    const cursor = this.#cursor;
    const reserved = cursor.at === this.#reservedAt ? Math.min(this.#reserved, cursor.known) : 0;
    requireInteger('count (no more than is reserved)', count, 0, reserved);
    this.#reserved = 0;
    return count > 0 && cursor.advance(count) ? count : 0;
  }

  /**
   * Makes all items visible that `publishEvery` holds back. Never waits.
   *
   * @returns false where the ring is closed
   */
  flush(): boolean {
    return this.#cursor.flush();
  }

  /**
   * Puts an item into the ring; blocks while it is full: spins, then parks.
   *
   * @throws {ClosedError} where the ring is closed
   * @throws {TimeoutError} after `timeout`; the item is not in the ring
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link Producer.sendAsync}
   * @throws the reason of an aborted signal, {@link CancelledError} of a cancelled token
   */
  send(value: ElementOf<Kind>, options?: WaitOptions): void {
    requireLive(options);
    while (!this.push(value)) {
      if (!waitFor(this.#cursor, 'Producer.send', options)) throw closed();
    }
  }

  /**
   * Puts all items of `array` into the ring; blocks while it is full. The timeout is for each wait.
   *
   * @throws as {@link Producer.send}; the items before are in the ring
   */
  sendMany(array: ArrayOf<Kind>, options?: WaitOptions): void {
    requireArray(this.#slots, array);
    requireLive(options);
    for (let sent = 0; sent < array.length;) {
      const count = this.#copy(array, sent, array.length);
      sent += count;
      if (count === 0 && !waitFor(this.#cursor, 'Producer.sendMany', options)) throw closed();
    }
  }

  /**
   * Puts an item into the ring, without blocking, once there is room; in the order of the calls.
   * Rejects as {@link Producer.send} throws.
   */
  async sendAsync(value: ElementOf<Kind>, options?: WaitOptions): Promise<void> {
    await this.#waitingLine.enter(
      () => {
        if (this.push(value)) return true;
        if (this.#cursor.hasEnded) throw closed();
        return false;
      },
      'Producer.send',
      options,
    );
  }

  /** Puts all items of `array` into the ring, without blocking; the array must not change meanwhile. Rejects as {@link Producer.sendMany} throws. */
  async sendManyAsync(array: ArrayOf<Kind>, options?: WaitOptions): Promise<void> {
    requireArray(this.#slots, array);
    let sent = 0;
    await this.#waitingLine.enter(
      () => {
        sent += this.#copy(array, sent, array.length);
        if (sent === array.length) return true;
        if (this.#cursor.hasEnded) throw closed();
        return false;
      },
      'Producer.sendMany',
      options,
    );
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

  get #waitingLine(): WaitingLine {
    this.#line ??= new WaitingLine(this.#cursor);
    return this.#line;
  }
}

function closed(): ClosedError {
  return new ClosedError('the ring is closed: nothing more can be sent');
}
