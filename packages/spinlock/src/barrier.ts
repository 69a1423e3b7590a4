// A cyclic barrier: a fixed number of parties meet, time after time. One word:
//
//   generation (20 bits) | how many have arrived in it (12 bits)
//
// An arrival adds 1. The last one begins the next generation with nobody arrived, wakes all who
// sleep on the word, and is the leader. Others wait until the generation is not theirs any more.
// Who gives up takes its arrival back, in the same word: so either it was released before, and
// then it did not give up, or nobody ever sees that it was there.
//
// Source: the sense-reversing barrier of Hensgen, Finkel and Manber (1988), with a count of
// generations for the sense; the leader after Rust's std::sync::Barrier.

import {
  Backoff,
  defineLayout,
  defineStructure,
  type Handle,
  HEADER_FIELDS,
  InvalidHandleError,
  type Region,
  requireBlocking,
  requireInteger,
  unpark,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { type LockOptions, requireSpins } from './lock.ts';
import { DEFAULT_SPINS, Patience } from './patience.ts';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  parties: 'int32', // written once, by who places the barrier; 0 until then
  state: 'int32', // generation and arrivals; any party writes it
});
const BARRIER = defineStructure({ kind: 'barrier', version: 1, ...LAYOUT });
const { parties: PARTIES, state: STATE } = LAYOUT.index;

const ARRIVED_BITS = 12;
const ARRIVED = (1 << ARRIVED_BITS) - 1;
/** What an arrival returns that was the last of its generation; generations are not negative. */
const LEADER = -1;

/** Names a {@link Barrier} to another thread. */
export type BarrierHandle = Handle<'barrier'>;

/** Holds the options of a new {@link Barrier}. */
export interface BarrierOptions extends LockOptions {
  /** How many parties meet, 1 to 4095. */
  readonly parties: number;
}

/**
 * Lets a fixed number of parties wait for each other, again and again.
 *
 * What each party wrote before it arrived is visible to every party once it is released. A wait
 * that is given up takes its arrival back: the others go on waiting for the full number. A thread
 * that is terminated while it waits has arrived, and stays so.
 *
 * @example
 * ```ts
 * import { Barrier } from '@concurrency-lab/spinlock';
 *
 * const barrier = Barrier.create({ parties: 2 });
 * const seenElsewhere = Barrier.from(structuredClone(barrier.handle)); // in a worker
 * const first = seenElsewhere.waitAsync();
 * barrier.wait(); // => true
 * await first; // => false
 * ```
 */
export class Barrier {
  /** Counts the bytes a barrier takes in shared memory. */
  static readonly BYTES: number = LAYOUT.byteLength;

  /** Tells how many parties meet. */
  readonly parties: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #handle: BarrierHandle;
  readonly #spins: number;

  private constructor({ words, handle }: Region<'barrier'>, parties: number, spins: number) {
    this.#words = words;
    this.#handle = handle;
    this.#spins = spins;
    this.parties = parties;
  }

  /**
   * Creates a barrier in a buffer of its own.
   *
   * @throws {InvalidArgumentError} on a number of parties out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: BarrierOptions): Barrier {
    return Barrier.#place(() => BARRIER.create(), options);
  }

  /**
   * Creates a barrier in {@link Barrier.BYTES} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 4
   * @throws {InvalidArgumentError} on a number of parties out of range
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: BarrierOptions): Barrier {
    return Barrier.#place(() => BARRIER.at(buffer, byteOffset), options);
  }

  static #place(place: () => Region<'barrier'>, options: BarrierOptions): Barrier {
    const parties = requireInteger('parties', options.parties, 1, ARRIVED);
    const spins = requireSpins(options, DEFAULT_SPINS);
    const barrier = new Barrier(place(), parties, spins);
    // ORDERING(B1): publishes that the barrier is whole to B2.
    Atomics.store(barrier.#words, PARTIES, parties);
    return barrier;
  }

  /**
   * Opens the barrier that a handle names, on the thread that received the handle.
   *
   * @throws {InvalidHandleError} on anything but the handle of a barrier
   */
  static from(handle: BarrierHandle, options: LockOptions = {}): Barrier {
    const spins = requireSpins(options, DEFAULT_SPINS);
    const region = BARRIER.from(handle);
    // ORDERING(B2): observes B1.
    const parties = Atomics.load(region.words, PARTIES);
    if (parties === 0) throw new InvalidHandleError('this barrier is still being placed');
    return new Barrier(region, parties, spins);
  }

  /** Gives the plain object that names this barrier to another thread. */
  get handle(): BarrierHandle {
    return this.#handle;
  }

  /** Counts the parties that have arrived and wait for the others; out of date as soon as it is read. */
  get arrived(): number {
    return Atomics.load(this.#words, STATE) & ARRIVED; // B3
  }

  /**
   * Arrives, and blocks until all parties have: spins briefly, then sleeps.
   *
   * @returns whether this party is the leader, the one that arrived last
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link Barrier.waitAsync}
   * @throws {TimeoutError} after `timeout`; the arrival is taken back
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws the signal's reason, or a {@link CancelledError}; the arrival is taken back
   */
  wait(options: WaitOptions = {}): boolean {
    requireBlocking('Barrier.wait()', 'Barrier.waitAsync()');
    const patience = new Patience('Barrier.wait()', options);
    const generation = this.#arrive();
    if (generation === LEADER) return true;
    const backoff = new Backoff();
    for (let left = this.#spins; left > 0 && this.#stateWithin(generation) !== undefined; left--) backoff.spin();
    for (;;) {
      const state = this.#stateWithin(generation);
      if (state === undefined) return false;
      try {
        patience.park(this.#words, STATE, state);
      } catch (error) {
        if (this.#withdraw(generation)) throw error;
      }
    }
  }

  /**
   * Arrives, and waits, without blocking, until all parties have; keeps the event loop alive meanwhile.
   *
   * @returns and rejects as {@link Barrier.wait} returns and throws
   */
  async waitAsync(options: WaitOptions = {}): Promise<boolean> {
    const patience = new Patience('Barrier.waitAsync()', options);
    const generation = this.#arrive();
    if (generation === LEADER) return true;
    for (;;) {
      const state = this.#stateWithin(generation);
      if (state === undefined) return false;
      try {
        await patience.parkAsync(this.#words, STATE, state);
      } catch (error) {
        if (this.#withdraw(generation)) throw error;
      }
    }
  }

  /** Arrives; returns the generation to wait for the end of, or LEADER for the one that ended it. */
  #arrive(): number {
    // ORDERING(B3): a first guess for B4, which checks it; observes B4 and B5 where it releases.
    let state = Atomics.load(this.#words, STATE);
    for (;;) {
      const isLast = (state & ARRIVED) === this.parties - 1;
      const next = isLast ? ((state | ARRIVED) + 1) | 0 : state + 1;
      // ORDERING(B4): publishes what this party wrote, and observes what those before it did:
      // each arrival reads the one before, so the leader has seen all, and B3 sees the leader's.
      const seen = Atomics.compareExchange(this.#words, STATE, state, next);
      if (seen === state) {
        if (!isLast) return state >>> ARRIVED_BITS;
        if (this.parties > 1) unpark(this.#words, STATE);
        return LEADER;
      }
      state = seen;
    }
  }

  /** Gives the word while the generation lasts: to sleep on, since its end wakes all sleepers. */
  #stateWithin(generation: number): number | undefined {
    const state = Atomics.load(this.#words, STATE); // B3
    return state >>> ARRIVED_BITS === generation ? state : undefined;
  }

  /** Takes an arrival back; false where the generation has ended, which released the party. */
  #withdraw(generation: number): boolean {
    for (let state = this.#stateWithin(generation); state !== undefined; state = this.#stateWithin(generation)) {
      // ORDERING(B5): an update like B4, of the same word: it passes on what arrivals before it published.
      if (Atomics.compareExchange(this.#words, STATE, state, state - 1) === state) return true;
    }
    return false;
  }
}
