// A counting semaphore that is first come, first served. One word: the permits that are
// available, and, above them, the line of those who wait (queue.ts).
//
// Where nobody is in line, a call takes its permits with one compareExchange. Otherwise it joins
// the line. The first in line waits until there are enough permits for it; nobody takes permits
// past it, so a call for many is not starved by calls for few, and a wake-up always goes to the
// one call that may go on.

import {
  Backoff,
  defineLayout,
  defineStructure,
  type Handle,
  HEADER_FIELDS,
  InvalidArgumentError,
  InvalidHandleError,
  type Region,
  requireBlocking,
  requireInteger,
  unpark,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { DeadlockError, NotHeldError } from './errors.ts';
import { type LockOptions, requireSpins } from './lock.ts';
import { DEFAULT_SPINS, Patience } from './patience.ts';
import { isLineEmpty, joined, left as withoutFirst, OWN as PERMITS, Queue } from './queue.ts';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  maximum: 'int32', // written once, by who places the semaphore; 0 until then
  state: 'int32', // permits and line; updated by all, with compareExchange
  turn: 'int32', // of the line
});
const SEMAPHORE = defineStructure({ kind: 'semaphore', version: 1, ...LAYOUT });
const { maximum: MAXIMUM, state: STATE, turn: TURN } = LAYOUT.index;

/** Names a {@link Semaphore} to another thread. */
export type SemaphoreHandle = Handle<'semaphore'>;

/** Holds the options of a new {@link Semaphore}. */
export interface SemaphoreOptions extends LockOptions {
  /** How many permits there are at first, 0 to `maximum`. */
  readonly permits: number;
  /** How many permits there may be, 1 to 32,767; as many as at first where not given. */
  readonly maximum?: number | undefined;
}

/** Holds permits of a {@link Semaphore} until it is released; works with `using`. */
export class Permit implements Disposable {
  /** Counts the permits that it holds, or held. */
  readonly count: number;
  readonly #semaphore: Semaphore;
  #isHeld = true;

  /** Is called by {@link Semaphore} only. */
  constructor(semaphore: Semaphore, count: number) {
    this.#semaphore = semaphore;
    this.count = count;
  }

  /** Tells whether the permits have not been given back yet. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Gives the permits back. Never waits.
   *
   * @throws {NotHeldError} when they were given back before
   */
  release(): void {
    if (!this.#isHeld) throw new NotHeldError('this Permit was released before');
    this.#semaphore.release(this.count);
    this.#isHeld = false;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * Lets a limited number of threads and tasks go on at once; the permits they take are a number,
 * not tied to a thread: whoever calls {@link Semaphore.release} adds some.
 *
 * First come, first served: while calls wait, in the order in which they fell asleep, nobody
 * takes permits past them, not even where the first one waits for more than there are. What was
 * done before a release happens before what follows an acquisition of its permits.
 *
 * @example
 * ```ts
 * import { Semaphore } from '@concurrency-lab/spinlock';
 *
 * const semaphore = Semaphore.create({ permits: 3 });
 * const there = Semaphore.from(structuredClone(semaphore.handle)); // on the thread that received the handle
 * {
 *   using permit = semaphore.acquire(2);
 *   there.available; // => 1
 *   there.tryAcquire(2); // => undefined
 * }
 * there.available; // => 3
 * ```
 */
export class Semaphore {
  /** Counts the bytes a semaphore takes in shared memory. */
  static readonly BYTES: number = LAYOUT.byteLength;

  /** Tells how many permits there may be. */
  readonly maximum: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #handle: SemaphoreHandle;
  readonly #queue: Queue;
  readonly #spins: number;
  /** How many asynchronous calls of this handle wait. */
  #waiting = 0;

  private constructor({ words, handle }: Region<'semaphore'>, maximum: number, spins: number) {
    this.#words = words;
    this.#handle = handle;
    this.#queue = new Queue(words, STATE, TURN);
    this.#spins = spins;
    this.maximum = maximum;
  }

  /**
   * Creates a semaphore in a buffer of its own.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: SemaphoreOptions): Semaphore {
    return Semaphore.#place(() => SEMAPHORE.create(), options);
  }

  /**
   * Creates a semaphore in {@link Semaphore.BYTES} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 4
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: SemaphoreOptions): Semaphore {
    return Semaphore.#place(() => SEMAPHORE.at(buffer, byteOffset), options);
  }

  static #place(place: () => Region<'semaphore'>, options: SemaphoreOptions): Semaphore {
    const spins = requireSpins(options, DEFAULT_SPINS);
    const permits = requireInteger('permits', options.permits, 0, PERMITS);
    if (permits === 0 && options.maximum === undefined) {
      throw new InvalidArgumentError('a Semaphore that begins with 0 permits needs a maximum');
    }
    const maximum = requireInteger('maximum', options.maximum ?? permits, Math.max(1, permits), PERMITS);
    const semaphore = new Semaphore(place(), maximum, spins);
    const words = semaphore.#words;
    words[STATE] = permits; // P1: plain, published by P2.
    // ORDERING(P2): publishes that the semaphore is whole, and P1, to P3.
    Atomics.store(words, MAXIMUM, maximum);
    return semaphore;
  }

  /**
   * Opens the semaphore that a handle names, on the thread that received the handle; once on each
   * thread, since it is the object by which misuse is noticed.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {InvalidHandleError} on anything but the handle of a semaphore
   */
  static from(handle: SemaphoreHandle, options: LockOptions = {}): Semaphore {
    const spins = requireSpins(options, DEFAULT_SPINS);
    const region = SEMAPHORE.from(handle);
    // ORDERING(P3): observes P2, and with it P1.
    const maximum = Atomics.load(region.words, MAXIMUM);
    if (maximum === 0) throw new InvalidHandleError('this semaphore is still being placed');
    return new Semaphore(region, maximum, spins);
  }

  /** Gives the plain object that names this semaphore to another thread. */
  get handle(): SemaphoreHandle {
    return this.#handle;
  }

  /** Counts the permits that are available; out of date as soon as it is read. */
  get available(): number {
    return Atomics.load(this.#words, STATE) & PERMITS; // P4
  }

  /**
   * Takes permits if they are available and nobody waits. Never waits.
   *
   * @returns a guard that gives them back, or undefined
   * @throws {InvalidArgumentError} on a number of permits out of range: 1 to the maximum
   */
  tryAcquire(permits: number = 1): Permit | undefined {
    this.#requirePermits(permits);
    return this.#take(permits) ? new Permit(this, permits) : undefined;
  }

  /**
   * Takes permits; blocks until it is this call's turn and they are available. Allocates a guard.
   *
   * @returns a guard that gives them back
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link Semaphore.acquireAsync}
   * @throws {DeadlockError} when asynchronous calls of this object wait: they are first, but cannot
   * go on while the thread is blocked
   * @throws {TimeoutError} after `timeout`; nothing is taken then
   * @throws {CancelledError} when the token is cancelled
   * @throws {CapacityError} when 32,767 calls wait already
   * @throws {InvalidArgumentError} on a number of permits out of range, or a timeout that is negative or NaN
   * @throws the reason of an `AbortSignal` that is aborted at the start
   */
  acquire(permits: number = 1, options: WaitOptions = {}): Permit {
    requireBlocking('Semaphore.acquire()', 'Semaphore.acquireAsync()');
    this.#requirePermits(permits);
    const patience = new Patience('Semaphore.acquire()', options);
    const backoff = new Backoff();
    for (let left = this.#spins; ; left--) {
      if (this.#take(permits)) return new Permit(this, permits);
      if (left <= 0) break;
      backoff.spin();
    }
    if (this.#waiting > 0) {
      throw new DeadlockError(
        'acquireAsync() of this object waits and is first, so acquire() would wait for its own thread',
      );
    }
    const turn = this.#queue.turn;
    const before = this.#takeOrJoin(permits);
    if (before === undefined) return new Permit(this, permits);
    if (!isLineEmpty(before)) this.#queue.enter(turn, patience);
    try {
      for (let state = this.#takeFirst(permits); state !== undefined; state = this.#takeFirst(permits)) {
        patience.park(this.#words, STATE, state);
      }
    } catch (error) {
      this.#queue.leave();
      throw error;
    }
    return new Permit(this, permits);
  }

  /**
   * Takes permits; waits, without blocking, until it is this call's turn and they are available.
   * Keeps the event loop alive meanwhile.
   *
   * @returns and rejects as {@link Semaphore.acquire} returns and throws, but for the errors of
   * blocking; and with the signal's reason whenever it aborts
   */
  async acquireAsync(permits: number = 1, options: WaitOptions = {}): Promise<Permit> {
    this.#requirePermits(permits);
    const patience = new Patience('Semaphore.acquireAsync()', options);
    const turn = this.#queue.turn;
    const before = this.#takeOrJoin(permits);
    if (before === undefined) return new Permit(this, permits);
    this.#waiting++;
    try {
      if (!isLineEmpty(before)) await this.#queue.enterAsync(turn, patience);
      try {
        for (let state = this.#takeFirst(permits); state !== undefined; state = this.#takeFirst(permits)) {
          await patience.parkAsync(this.#words, STATE, state);
        }
      } catch (error) {
        this.#queue.leave();
        throw error;
      }
    } finally {
      this.#waiting--;
    }
    return new Permit(this, permits);
  }

  /**
   * Adds permits, whoever took them, and wakes the first that waits. Never waits.
   *
   * Permits taken with a guard are better given back through it.
   *
   * @throws {NotHeldError} when there would be more permits than the maximum; nothing is added then
   * @throws {InvalidArgumentError} on a number of permits out of range: 1 to the maximum
   */
  release(permits: number = 1): void {
    this.#requirePermits(permits);
    let state = Atomics.load(this.#words, STATE); // P4
    for (;;) {
      const available = state & PERMITS;
      if (available + permits > this.maximum) {
        throw new NotHeldError(
          `cannot release ${permits} of the ${this.maximum - available} permits that are taken of ${this.maximum}`,
        );
      }
      // ORDERING(P6): publishes what was done with the permits to P5; sees who waits for them.
      const seen = Atomics.compareExchange(this.#words, STATE, state, state + permits);
      if (seen === state) break;
      state = seen;
    }
    if (!isLineEmpty(state)) unpark(this.#words, STATE);
  }

  /** Takes permits unless there are too few, or somebody is in line. */
  #take(permits: number): boolean {
    // ORDERING(P4): a first guess for the update that follows, which checks it; comes before the
    // sleep of the first in line, which is on the value that it gives.
    let state = Atomics.load(this.#words, STATE);
    while (isLineEmpty(state) && state >= permits) {
      // ORDERING(P5): observes what was done with the permits before they were released (P6);
      // nobody takes permits twice, nor past one who is in line.
      const seen = Atomics.compareExchange(this.#words, STATE, state, state - permits);
      if (seen === state) return true;
      state = seen;
    }
    return false;
  }

  /** Takes permits, or joins the line: returns the state before it joined, undefined where it took. */
  #takeOrJoin(permits: number): number | undefined {
    let state = Atomics.load(this.#words, STATE); // P4
    for (;;) {
      const takes = isLineEmpty(state) && state >= permits;
      const seen = Atomics.compareExchange(this.#words, STATE, state, takes ? state - permits : joined(state)); // P5
      if (seen === state) return takes ? undefined : state;
      state = seen;
    }
  }

  /** Takes permits, and leaves the line, for the first in line: returns the state to sleep on, undefined where it took them. */
  #takeFirst(permits: number): number | undefined {
    let state = Atomics.load(this.#words, STATE); // P4
    while ((state & PERMITS) >= permits) {
      const next = withoutFirst(state) - permits;
      const seen = Atomics.compareExchange(this.#words, STATE, state, next); // P5
      if (seen === state) {
        this.#queue.wakeNext(next);
        return undefined;
      }
      state = seen;
    }
    return state;
  }

  #requirePermits(permits: number): void {
    requireInteger('permits', permits, 1, this.maximum);
  }
}
