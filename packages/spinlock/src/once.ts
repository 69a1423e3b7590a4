// Something that is done once, by whichever thread comes first, while the others wait for it.
//
//   NEW --1--> RUNNING --2--> DONE          1  run: the first caller, before its function
//    ^          |    |                      2  run: the function has returned
//    |         3|    |2,4                   3  run: another caller, which is going to sleep
//    +----4-----+    v                      4  run: the function has thrown
//    +----4-- WAITED --2--> DONE
//
// Edges 2 and 4 wake all sleepers where they leave WAITED. After 4 the first of those to look
// is the next to try.
//
// Source: Rust's std::sync::Once on a futex; there, though, an Once whose function panics is poisoned.

import {
  Backoff,
  defineLayout,
  defineStructure,
  type Handle,
  HEADER_FIELDS,
  InvalidArgumentError,
  type Region,
  requireBlocking,
  unpark,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { DeadlockError } from './errors.ts';
import { type LockOptions, requireSpins } from './lock.ts';
import { DEFAULT_SPINS, Patience } from './patience.ts';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  state: 'int32', // NEW, RUNNING, WAITED or DONE
});
const ONCE = defineStructure({ kind: 'once', version: 1, ...LAYOUT });
const STATE = LAYOUT.index.state;

const NEW = 0;
const RUNNING = 1;
/** RUNNING, and somebody sleeps, or is about to. */
const WAITED = 2;
const DONE = 3;

/** Names an {@link Once} to another thread. */
export type OnceHandle = Handle<'once'>;

/**
 * Runs a function once among all threads; who comes later waits until it has returned.
 *
 * What the function wrote is visible to every call that returns. Where it throws, the error goes
 * to the call that ran it, and the next call tries again. A thread that is terminated within it
 * leaves the others waiting: give them a `timeout`.
 *
 * @example
 * ```ts
 * import { Once } from '@concurrency-lab/spinlock';
 *
 * const table = new Int32Array(new SharedArrayBuffer(16));
 * const once = Once.create();
 * once.run(() => void table.fill(7)); // => true
 * Once.from(structuredClone(once.handle)).run(() => void table.fill(8)); // => false
 * [...table]; // => [7, 7, 7, 7]
 * ```
 */
export class Once {
  /** Counts the bytes an `Once` takes in shared memory. */
  static readonly BYTES: number = LAYOUT.byteLength;

  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #handle: OnceHandle;
  readonly #spins: number;
  /** True while a function that this object was given runs. */
  #isRunning = false;
  /** True until that function has returned, perhaps a promise. */
  #isWithin = false;

  private constructor({ words, handle }: Region<'once'>, spins: number) {
    this.#words = words;
    this.#handle = handle;
    this.#spins = spins;
  }

  /**
   * Creates an `Once` in a buffer of its own.
   *
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: LockOptions = {}): Once {
    const spins = requireSpins(options, DEFAULT_SPINS); // before memory is touched
    return new Once(ONCE.create(), spins);
  }

  /**
   * Creates an `Once` in {@link Once.BYTES} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 4
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: LockOptions = {}): Once {
    const spins = requireSpins(options, DEFAULT_SPINS); // before memory is touched
    return new Once(ONCE.at(buffer, byteOffset), spins);
  }

  /**
   * Opens the `Once` that a handle names, on the thread that received the handle.
   *
   * @throws {InvalidHandleError} on anything but the handle of an `Once`
   */
  static from(handle: OnceHandle, options: LockOptions = {}): Once {
    const spins = requireSpins(options, DEFAULT_SPINS); // before memory is touched
    return new Once(ONCE.from(handle), spins);
  }

  /** Gives the plain object that names this `Once` to another thread. */
  get handle(): OnceHandle {
    return this.#handle;
  }

  /** Tells whether the function has returned, on whichever thread; then all it wrote is visible. One atomic load. */
  get isDone(): boolean {
    // ORDERING(O1): observes O3, and with it what the function wrote; a first guess for O2.
    return Atomics.load(this.#words, STATE) === DONE;
  }

  /**
   * Runs `fn` unless it is done, or being done: then blocks until it is. Spins briefly, then sleeps.
   *
   * @returns whether this call ran `fn`
   * @throws what `fn` throws, where this call ran it
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link Once.runAsync}
   * @throws {DeadlockError} within a function that this object runs
   * @throws {InvalidArgumentError} where `fn` returns a promise, or on a timeout that is negative or NaN
   * @throws {TimeoutError} where another call has not done it after `timeout`
   * @throws the signal's reason, or a {@link CancelledError}
   */
  run(fn: () => void, options: WaitOptions = {}): boolean {
    requireBlocking('Once.run()', 'Once.runAsync()');
    const patience = new Patience('Once.run()', options);
    const backoff = new Backoff();
    for (let left = this.#spins; ; left--) {
      const state = this.#claim(left > 0);
      if (state === DONE) return false;
      if (state === NEW) return this.#runHere(fn);
      if (this.#isRunning)
        throw new DeadlockError('this object runs the function itself, so run() would wait for its own thread');
      if (left > 0) backoff.spin();
      else patience.park(this.#words, STATE, WAITED);
    }
  }

  /**
   * Runs `fn` unless it is done; does not wait for another call that runs it.
   *
   * @returns whether it is done: by this call or before
   * @throws what `fn` throws, where this call ran it
   * @throws {InvalidArgumentError} where `fn` returns a promise
   */
  tryRun(fn: () => void): boolean {
    const state = this.#claim(true);
    if (state === NEW) this.#runHere(fn);
    return state === DONE || state === NEW;
  }

  /**
   * Runs `fn` and awaits what it returns, unless it is done, or being done: then waits, without
   * blocking, until it is. Keeps the event loop alive meanwhile.
   *
   * A function that awaits the `runAsync` of its own `Once` waits for itself. The call is refused
   * where it comes before the first `await` of the function; later ones cannot be told from those
   * of other tasks.
   *
   * @returns and rejects as {@link Once.run} returns and throws
   */
  async runAsync(fn: () => void | PromiseLike<void>, options: WaitOptions = {}): Promise<boolean> {
    const patience = new Patience('Once.runAsync()', options);
    for (;;) {
      const state = this.#claim(false);
      if (state === DONE) return false;
      if (state === NEW) return this.#awaitHere(fn);
      if (this.#isWithin)
        throw new DeadlockError('the function of this Once asks for itself, so runAsync() would wait for it for ever');
      await patience.parkAsync(this.#words, STATE, WAITED);
    }
  }

  /** Takes edge 1, or 3 unless the caller only looks; returns NEW to the caller that is to run the function. */
  #claim(looks: boolean): number {
    let state = Atomics.load(this.#words, STATE); // O1
    while (state === NEW || (state === RUNNING && !looks)) {
      // ORDERING(O2): admits one runner, which observes what one before it wrote that threw; says
      // that a wake-up is needed to O3; observes O3, and with it what the function wrote.
      const seen = Atomics.compareExchange(this.#words, STATE, state, state === NEW ? RUNNING : WAITED);
      if (seen === state) return state === NEW ? NEW : WAITED;
      state = seen;
    }
    return state;
  }

  /** Takes edge 2 or 4. */
  #end(state: typeof DONE | typeof NEW): void {
    this.#isRunning = false;
    // ORDERING(O3): publishes what the function wrote to O1 and O2; observes whether O2 asked to be woken.
    if (Atomics.exchange(this.#words, STATE, state) === WAITED) unpark(this.#words, STATE);
  }

  #begin<T>(fn: () => T): T {
    this.#isRunning = true;
    this.#isWithin = true;
    try {
      return fn();
    } finally {
      this.#isWithin = false;
    }
  }

  #runHere(fn: () => unknown): true {
    let isDone = false;
    try {
      const result = this.#begin(fn);
      if (typeof (result as PromiseLike<void> | undefined)?.then === 'function') {
        throw new InvalidArgumentError(
          'fn returned a promise, which a blocking call cannot await; use Once.runAsync()',
        );
      }
      isDone = true;
    } finally {
      this.#end(isDone ? DONE : NEW);
    }
    return true;
  }

  async #awaitHere(fn: () => void | PromiseLike<void>): Promise<true> {
    let isDone = false;
    try {
      await this.#begin(fn);
      isDone = true;
    } finally {
      this.#end(isDone ? DONE : NEW);
    }
    return true;
  }
}
