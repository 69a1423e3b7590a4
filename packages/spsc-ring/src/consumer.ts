// The consumer's side of a ring: the only one that reads slots and moves HEAD.

import { ClosedError, requireInteger, type WaitOptions } from '@concurrency-lab/atomics';
import { CONSUMER } from './control.ts';
import { Cursor } from './cursor.ts';
import { type ArrayOf, type ElementArrays, type ElementOf, requireArray, type RingKind } from './elements.ts';
import type { Memory } from './memory.ts';
import { type OpenOptions, openSide, type SideHandle } from './side.ts';
import { Span, Views } from './span.ts';
import { requireLive, waitFor } from './waiting.ts';
import { WaitingLine } from './waiting-line.ts';

/** Names the consumer's side of a ring to another thread. */
export type ConsumerHandle<Kind extends RingKind = RingKind> = SideHandle<'consumer', Kind>;

/** Reads a slot that this side owns; a switch, and a constant, for the reasons of `storeAt` in producer.ts. */
const loadAt = (slots: ElementArrays[RingKind], code: number, slot: number): number | bigint => {
  // Plain, all of them: observed by R4, and handed back by R3.
  switch (code) {
    case 0:
      return (slots as Int8Array)[slot]!; // E2
    case 1:
      return (slots as Uint8Array)[slot]!; // E2
    case 2:
      return (slots as Int16Array)[slot]!; // E2
    case 3:
      return (slots as Uint16Array)[slot]!; // E2
    case 4:
      return (slots as Int32Array)[slot]!; // E2
    case 5:
      return (slots as Uint32Array)[slot]!; // E2
    case 6:
      return (slots as Float32Array)[slot]!; // E2
    case 7:
      return (slots as Float64Array)[slot]!; // E2
    case 8:
      return (slots as BigInt64Array)[slot]!; // E2
    default:
      return (slots as BigUint64Array)[slot]!; // E2
  }
};

/**
 * Takes items out of a ring, in the order in which they were put in, each once.
 *
 * It belongs to the thread that first uses it, or that opens its handle: then to that thread alone.
 * What the producer wrote before it published an item is visible to whoever took the item.
 *
 * @example
 * ```ts
 * import { SpscRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = SpscRing.create({ kind: 'float64', capacity: 4 });
 * producer.push(0.1);
 * producer.close();
 * consumer.isClosed; // => false
 * consumer.pop(); // => 0.1
 * consumer.pop(); // => undefined
 * consumer.isClosed; // => true
 * ```
 */
export class Consumer<Kind extends RingKind> implements Disposable {
  readonly #memory: Memory<Kind>;
  readonly #cursor: Cursor;
  readonly #slots: ArrayOf<Kind>;
  readonly #code: number = 0;
  #views: Views<Kind> | undefined;
  #span: Span<Kind> | undefined;
  #line: WaitingLine | undefined;
  #read = 0;
  #readAt = 0;

  /** Builds the side of a ring that has been placed or opened; for this package. */
  constructor(memory: Memory<Kind>) {
    this.#memory = memory;
    this.#cursor = new Cursor(memory.words, CONSUMER);
    this.#slots = memory.slots;
    this.#code = memory.code;
  }

  /**
   * Opens the consumer's side on the thread that received its handle.
   *
   * After a `takeOver`, items whose slots the other had not handed back yet come again: see `freeEvery`.
   *
   * @throws {SideTakenError} where it is open already
   * @throws {InvalidHandleError} on anything but the handle of a consumer
   */
  static from<Kind extends RingKind>(handle: ConsumerHandle<Kind>, options: OpenOptions = {}): Consumer<Kind> {
    const consumer = new Consumer(openSide('consumer', handle));
    consumer.#cursor.open(options.takeOver === true);
    return consumer;
  }

  /** Gives the plain object that names this side to another thread. */
  get handle(): ConsumerHandle<Kind> {
    return { ...this.#memory.handle, side: 'consumer', element: this.#memory.kind };
  }

  /** Tells how many items the ring holds at least. */
  get capacity(): number {
    return this.#memory.capacity;
  }

  /** Counts the items that can be popped for certain. One atomic load. */
  get size(): number {
    return this.#cursor.size;
  }

  /** Counts the slots that the producer may still fill, as far as this side knows: there may be fewer. One atomic load. */
  get free(): number {
    return this.#cursor.slots - this.#cursor.size;
  }

  /** Tells whether the ring is closed and empty, so that nothing will ever come. One atomic load. */
  get isClosed(): boolean {
    return this.#cursor.isClosed;
  }

  /**
   * Takes the next item out of the ring. Never waits, never allocates (a bigint apart).
   *
   * @returns the item, or undefined where there is none yet, or ever: see {@link Consumer.isClosed}
   * @throws {SideTakenError} at the first use, where another thread has this side
   */
  pop(): ElementOf<Kind> | undefined {
    const cursor = this.#cursor;
    if (cursor.at === cursor.limit && !cursor.look()) return undefined;
    const { at, slots } = cursor;
    const value = loadAt(this.#slots, this.#code, at < slots ? at : at - slots);
    cursor.step();
    return value as ElementOf<Kind>;
  }

  /** Reads the next item and leaves it in the ring; undefined where there is none. Never waits. */
  peek(): ElementOf<Kind> | undefined {
    const cursor = this.#cursor;
    if (cursor.at === cursor.limit && !cursor.look()) return undefined;
    const { at, slots } = cursor;
    return loadAt(this.#slots, this.#code, at < slots ? at : at - slots) as ElementOf<Kind>;
  }

  /** Drops up to `count` items, and returns how many. Never waits. */
  skip(count: number): number {
    const cursor = this.#cursor;
    const skipped = cursor.ensure(requireInteger('count', count, 0, Number.MAX_SAFE_INTEGER));
    if (skipped > 0) cursor.advance(skipped);
    return skipped;
  }

  /**
   * Takes as many items as there are, copied to `into` between `start` and `end`. Never waits;
   * never allocates where blocks of a constant size recur, as {@link Consumer.read} says.
   *
   * @returns how many items were taken
   * @throws {InvalidArgumentError} on an array of another kind than the ring's
   */
  popMany(into: ArrayOf<Kind>, start = 0, end: number = into?.length ?? 0): number {
    requireArray(this.#slots, into);
    requireInteger('end', end, 0, into.length);
    requireInteger('start', start, 0, end);
    const cursor = this.#cursor;
    const count = cursor.ensure(end - start);
    if (count === 0) return 0;
    const place = cursor.at < cursor.slots ? cursor.at : cursor.at - cursor.slots;
    const first = Math.min(count, cursor.slots - place);
    this.#views ??= new Views(this.#slots);
    const to = into as Float64Array; // any kind: the same as that of the slots
    to.set(this.#views.view(place, first) as Float64Array, start); // E2
    if (first < count) to.set((this.#slots as Float64Array).subarray(0, count - first), start + first); // E2
    cursor.advance(count);
    return count;
  }

  /**
   * Gives up to `count` items to be read in place, without taking them: {@link Consumer.release} does.
   * Never waits; never allocates where blocks of a constant size, a divisor of a power-of-two capacity's eighth, were
   * read a lap before.
   *
   * @returns the items, fewer than asked for where there are fewer; valid until they are released
   *
   * @example
   * ```ts
   * import { SpscRing } from '@concurrency-lab/spsc-ring';
   *
   * const [producer, consumer] = SpscRing.create({ kind: 'uint8', capacity: 8 });
   * producer.pushMany(Uint8Array.of(1, 2, 3)); // => 3
   * const { first } = consumer.read(2);
   * [...first]; // => [1, 2]
   * consumer.release(2); // => 2
   * consumer.pop(); // => 3
   * ```
   */
  read(count: number): Span<Kind> {
    const cursor = this.#cursor;
    const read = cursor.ensure(requireInteger('count', count, 0, Number.MAX_SAFE_INTEGER));
    this.#read = read;
    this.#readAt = cursor.at;
    this.#span ??= new Span(this.#slots, new Views(this.#slots));
    return this.#span.set(cursor.at < cursor.slots ? cursor.at : cursor.at - cursor.slots, read);
  }

  /**
   * Takes the first `count` of the items read in place; their slots are the producer's again.
   *
   * @returns `count`
   * @throws {InvalidArgumentError} on more than were read; nothing is taken
   */
  release(count: number): number {
    const cursor = this.#cursor;
    const read = cursor.at === this.#readAt ? Math.min(this.#read, cursor.known) : 0;
    requireInteger('count (no more than was read)', count, 0, read);
    this.#read = 0;
    if (count > 0) cursor.advance(count);
    return count;
  }

  /** Hands back at once the slots that `freeEvery` holds back; false where the ring is closed and empty. Never waits. */
  flush(): boolean {
    return this.#cursor.flush();
  }

  /**
   * Takes the next item; blocks while there is none: spins, then parks.
   *
   * @throws {ClosedError} where the ring is closed and empty
   * @throws {TimeoutError} after `timeout`
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link Consumer.receiveAsync}
   * @throws the reason of an aborted signal, {@link CancelledError} of a cancelled token
   */
  receive(options?: WaitOptions): ElementOf<Kind> {
    requireLive(options);
    for (;;) {
      const value = this.pop();
      if (value !== undefined) return value;
      if (!waitFor(this.#cursor, 'Consumer.receive', options)) throw closed();
    }
  }

  /**
   * Takes as many items as there are, at least one; blocks while there is none.
   *
   * @returns how many items were copied to the beginning of `into`
   * @throws as {@link Consumer.receive}
   */
  receiveMany(into: ArrayOf<Kind>, options?: WaitOptions): number {
    requireLive(options);
    for (;;) {
      const count = this.popMany(into);
      if (count > 0 || into.length === 0) return count;
      if (!waitFor(this.#cursor, 'Consumer.receiveMany', options)) throw closed();
    }
  }

  /**
   * Takes the next item, without blocking, once there is one; in the order of the calls.
   * Rejects as {@link Consumer.receive} throws.
   */
  async receiveAsync(options?: WaitOptions): Promise<ElementOf<Kind>> {
    let value: ElementOf<Kind> | undefined;
    await this.#waitingLine.enter(
      () => {
        value = this.pop();
        if (value === undefined && this.#cursor.hasEnded) throw closed();
        return value !== undefined;
      },
      'Consumer.receive',
      options,
    );
    return value!;
  }

  /** Takes as many items as there are, at least one, without blocking; resolves with their count. Rejects as {@link Consumer.receiveMany} throws. */
  async receiveManyAsync(into: ArrayOf<Kind>, options?: WaitOptions): Promise<number> {
    let count = 0;
    await this.#waitingLine.enter(
      () => {
        count = this.popMany(into);
        if (count > 0 || into.length === 0) return true;
        if (this.#cursor.hasEnded) throw closed();
        return false;
      },
      'Consumer.receiveMany',
      options,
    );
    return count;
  }

  /** Takes items as they come, until the ring is closed and empty. Leaving the loop early leaves the ring open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ElementOf<Kind>, undefined> {
    const iterator: AsyncIterableIterator<ElementOf<Kind>, undefined> = {
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

  /**
   * Closes the ring: pushes are refused from now on. What was published before can still be taken.
   */
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
  return new ClosedError('the ring is closed, and all that was sent has been taken');
}
