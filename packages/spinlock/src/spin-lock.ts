// The smallest lock: one word, 0 or 1. Acquire by exchanging 1 for 0; while that fails, look
// before trying again (test-and-test-and-set), so that the waiting threads share the cache line
// instead of tearing at it, and pause for longer and longer between two looks. Release is one
// store: nobody sleeps, so nobody is woken. Hence an asynchronous waiter has to look again by
// itself, once in each turn of its event loop.
//
// Source: Anderson, "The Performance of Spin Lock Alternatives for Shared-Memory
// Multiprocessors", 1990.

import {
  Backoff,
  canBlock,
  Deadline,
  defineLayout,
  defineStructure,
  type Handle,
  HEADER_FIELDS,
  type Region,
  requireBlocking,
  scheduleMacrotask,
  throwIfAborted,
  TimeoutError,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { guards, heldHere, type LockGuard, notHeld } from './lock.ts';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  state: 'int32', // FREE or HELD; a thread that finds it FREE may set it, its holder clears it
});
const SPIN_LOCK = defineStructure({ kind: 'spin-lock', version: 1, ...LAYOUT });
const STATE = LAYOUT.index.state;

const FREE = 0;
const HELD = 1;
const { NO_GUARD, SYNC_GUARD } = guards;

// How many turns of the event loop an asynchronous waiter looks in, before it takes a timer.
const TURNS = 64;
const TIMER_MS = 1;

/** Names a {@link SpinLock} to another thread. */
export type SpinLockHandle = Handle<'spin-lock'>;

/** Holds the options of a handle on a {@link SpinLock}. */
export interface SpinLockOptions {
  /**
   * Waits for longer and longer between two looks at the lock, up to 2 µs (asynchronously: up to
   * a millisecond); true where not given. False suits a model checker, which sees more of a loop
   * that does not count.
   */
  readonly backoff?: boolean | undefined;
}

let release: (lock: SpinLock, guard: number) => void;
let holds: (lock: SpinLock, guard: number) => boolean;

class SpinLockGuard implements LockGuard {
  readonly #lock: SpinLock;
  readonly #number: number;

  constructor(lock: SpinLock, number: number) {
    this.#lock = lock;
    this.#number = number;
  }

  get isHeld(): boolean {
    return holds(this.#lock, this.#number);
  }

  unlock(): void {
    release(this.#lock, this.#number);
  }

  [Symbol.dispose](): void {
    release(this.#lock, this.#number);
  }
}

/**
 * Lets one thread at a time into a critical section; waits by spinning, and never parks.
 *
 * For sections of a few dozen instructions, on threads that each have a core; a {@link Mutex}
 * spins as well, and is right in the other cases too. What was done before an unlock happens
 * before what follows the next lock. Not fair.
 *
 * @example
 * ```ts
 * import { SpinLock } from '@concurrency-lab/spinlock';
 *
 * const lock = SpinLock.create();
 * const there = SpinLock.from(structuredClone(lock.handle)); // on the thread that received the handle
 * lock.lock();
 * there.tryLock(); // => undefined
 * lock.unlock();
 * there.withLock(() => there.isHeld); // => true
 * ```
 */
export class SpinLock {
  /** Counts the bytes a spin lock takes in shared memory. */
  static readonly BYTES: number = LAYOUT.byteLength;

  static {
    release = (lock, guard) => {
      if (lock.#heldBy !== guard) throw notHeld('SpinLock', 'guard');
      lock.unlock();
    };
    holds = (lock, guard) => lock.#heldBy === guard;
  }

  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #handle: SpinLockHandle;
  readonly #mayBlock: boolean = canBlock();
  readonly #pauses: boolean;
  readonly #backoff = new Backoff();
  readonly #guard: SpinLockGuard;
  /** The number of the guard that holds the lock through this handle. */
  #heldBy: number = NO_GUARD;
  #lastGuard: number = SYNC_GUARD;

  private constructor(region: Region<'spin-lock'>, options: SpinLockOptions) {
    this.#words = region.words;
    this.#handle = region.handle;
    this.#pauses = options.backoff ?? true;
    this.#guard = new SpinLockGuard(this, SYNC_GUARD);
  }

  /**
   * Creates a spin lock in a buffer of its own.
   *
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: SpinLockOptions = {}): SpinLock {
    return new SpinLock(SPIN_LOCK.create(), options);
  }

  /**
   * Creates a spin lock in {@link SpinLock.BYTES} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 4
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: SpinLockOptions = {}): SpinLock {
    return new SpinLock(SPIN_LOCK.at(buffer, byteOffset), options);
  }

  /**
   * Opens the spin lock that a handle names, on the thread that received the handle; once on
   * each thread, since it is the handle by which misuse is noticed.
   *
   * @throws {InvalidHandleError} on anything but the handle of a spin lock
   */
  static from(handle: SpinLockHandle, options: SpinLockOptions = {}): SpinLock {
    return new SpinLock(SPIN_LOCK.from(handle), options);
  }

  /** Gives the plain object that names this lock to another thread. */
  get handle(): SpinLockHandle {
    return this.#handle;
  }

  /** Tells whether anybody holds the lock; may have changed when it returns. */
  get isLocked(): boolean {
    // ORDERING(S1): a look, on which nobody relies: S2 observes.
    return Atomics.load(this.#words, STATE) !== FREE;
  }

  /** Tells whether the lock is held through this handle; costs no access to shared memory. */
  get isHeld(): boolean {
    return this.#heldBy !== NO_GUARD;
  }

  /**
   * Acquires the lock; spins while another handle holds it. Allocates nothing.
   *
   * @returns the guard of this handle's synchronous acquisitions, the same each time
   * @throws {BlockingForbiddenError} where a thread may not block; use {@link SpinLock.lockAsync}
   * @throws {DeadlockError} when the lock is held through this handle already
   * @throws {TimeoutError} after `timeout`; the lock is not held then
   * @throws {CancelledError} when the token is cancelled
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws the reason of an `AbortSignal` that is aborted at the start
   */
  lock(options?: WaitOptions): LockGuard {
    // ORDERING(S2): observes what the last holder published (S3); admits one.
    if (options !== undefined || !this.#mayBlock || Atomics.exchange(this.#words, STATE, HELD) !== FREE) {
      this.#lockSlowly(options);
    }
    this.#heldBy = SYNC_GUARD;
    return this.#guard;
  }

  /**
   * Acquires the lock if nobody holds it. Never waits, allocates nothing.
   *
   * @returns the guard of this handle's synchronous acquisitions, or undefined
   */
  tryLock(): LockGuard | undefined {
    if (Atomics.exchange(this.#words, STATE, HELD) !== FREE) return undefined; // S2
    this.#heldBy = SYNC_GUARD;
    return this.#guard;
  }

  /**
   * Acquires the lock without blocking the thread: looks once in each turn of the event loop,
   * and after 64 turns every millisecond. Waits also while another task of this thread holds it
   * through the same handle.
   *
   * Rejects as {@link SpinLock.lock} throws, but for the errors of blocking; and with the
   * signal's reason whenever it aborts.
   *
   * @returns a guard of this acquisition's own
   */
  async lockAsync(options: WaitOptions = {}): Promise<LockGuard> {
    const { signal } = options;
    const deadline = Deadline.after(options.timeout);
    throwIfAborted(signal);
    let turns = this.#pauses ? TURNS : Infinity;
    while (!this.#acquired()) {
      if (deadline.left === 0) throw new TimeoutError('SpinLock.lockAsync()', options.timeout!);
      await turn(turns-- > 0);
      throwIfAborted(signal);
    }
    this.#heldBy = ++this.#lastGuard;
    return new SpinLockGuard(this, this.#heldBy);
  }

  /**
   * Releases the lock: one atomic store. Never waits, allocates nothing.
   *
   * @throws {NotHeldError} where this handle does not hold it
   */
  unlock(): void {
    if (this.#heldBy === NO_GUARD) throw notHeld('SpinLock', 'handle');
    this.#heldBy = NO_GUARD;
    // ORDERING(S3): publishes the critical section to S2.
    Atomics.store(this.#words, STATE, FREE);
  }

  /**
   * Runs `fn` while holding the lock, and returns what it returns. Spins and throws as
   * {@link SpinLock.lock}.
   */
  withLock<T>(fn: () => T, options?: WaitOptions): T {
    const guard = this.lock(options);
    try {
      return fn();
    } finally {
      guard.unlock();
    }
  }

  /**
   * Runs `fn`, which may be async, while holding the lock. Waits and rejects as
   * {@link SpinLock.lockAsync}.
   */
  async withLockAsync<T>(fn: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    const guard = await this.lockAsync(options);
    try {
      return await fn();
    } finally {
      guard.unlock();
    }
  }

  #lockSlowly(options: WaitOptions | undefined): void {
    requireBlocking('SpinLock.lock()', 'SpinLock.lockAsync()');
    const timeout = options?.timeout;
    const deadline = timeout === undefined ? undefined : Deadline.after(timeout);
    if (this.#heldBy !== NO_GUARD) throw heldHere('SpinLock');
    const backoff = this.#backoff;
    backoff.reset();
    for (;;) {
      throwIfAborted(options?.signal);
      if (this.#acquired()) return;
      if (deadline?.left === 0) throw new TimeoutError('SpinLock.lock()', timeout!);
      if (this.#pauses) backoff.spin();
    }
  }

  /** Acquires the lock if it looks free. */
  #acquired(): boolean {
    const looksFree = Atomics.load(this.#words, STATE) === FREE; // S1
    return looksFree && Atomics.exchange(this.#words, STATE, HELD) === FREE; // S2
  }
}

/** Waits for the next turn of the event loop, or for a millisecond. */
function turn(isNext: boolean): Promise<void> {
  return new Promise((resolve) => {
    if (isNext) scheduleMacrotask(resolve);
    else setTimeout(resolve, TIMER_MS);
  });
}
