// The default lock: one word, no system call and no notification unless a thread sleeps. The
// word (mutex-word.ts) holds the owner and whether somebody may sleep. A thread that finds the
// mutex held spins briefly, then sets WAITERS and parks; whoever waited acquires with WAITERS
// set, since others may sleep behind it. Who is woken must look again, and anybody may be
// faster: the mutex is not fair, which is what makes it fast (ticket-lock.ts is fair).
//
// Source: the three-state futex mutex of Ulrich Drepper, "Futexes are tricky", in the form of
// Rust's standard library; the owner in the word is that of POSIX robust mutexes.

import {
  Backoff,
  canBlock,
  Deadline,
  defineStructure,
  park,
  parkAsync,
  type Region,
  requireBlocking,
  throwIfAborted,
  TimeoutError,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { OwnerDiedError } from './errors.ts';
import { guards, heldHere, type LockGuard, type LockOptions, notHeld, requireSpins } from './lock.ts';
import { type MutexHandle, type MutexLoan, nextOwner, requireLent, revoke } from './mutex-owner.ts';
import * as word from './mutex-word.ts';

const MUTEX = defineStructure({ kind: 'mutex', version: 1, ...word.LAYOUT });
// V8 folds the constants of a module, but not those that it imports: 5 % of a lock and unlock.
const { FREE, WAITERS, DIED } = word;
const STATE = word.LAYOUT.index.state;
const { NO_GUARD, SYNC_GUARD } = guards;

const DEFAULT_SPINS = 6;

// What the guard and the condition variable do to a mutex; the class lets them.
let release: (mutex: Mutex, guard: number) => void;
let holds: (mutex: Mutex, guard: number) => boolean;

/** Gives the number of the guard that holds the mutex, for {@link restoreGuard}. */
export let guardOf: (mutex: Mutex) => number;

/** Lets an earlier guard hold a mutex that this handle has acquired again: a condition variable's wait. */
export let restoreGuard: (mutex: Mutex, guard: number) => void;

class MutexGuard implements LockGuard {
  readonly #mutex: Mutex;
  readonly #number: number;

  constructor(mutex: Mutex, number: number) {
    this.#mutex = mutex;
    this.#number = number;
  }

  get isHeld(): boolean {
    return holds(this.#mutex, this.#number);
  }

  unlock(): void {
    release(this.#mutex, this.#number);
  }

  [Symbol.dispose](): void {
    release(this.#mutex, this.#number);
  }
}

/**
 * Lets one thread at a time into a critical section; waits by spinning briefly, then parking.
 *
 * What was done before an unlock happens before what follows the next lock, so that the data a
 * mutex guards needs no atomic access. Not fair: a thread that comes may overtake one that is
 * being woken.
 *
 * @example
 * ```ts
 * import { Mutex } from '@concurrency-lab/spinlock';
 *
 * const mutex = Mutex.create();
 * const there = Mutex.from(structuredClone(mutex.handle)); // on the thread that received the handle
 * {
 *   using guard = mutex.lock();
 *   there.tryLock(); // => undefined
 * }
 * there.withLock(() => 'alone'); // => 'alone'
 * ```
 */
export class Mutex {
  /** Counts the bytes a mutex takes in shared memory. */
  static readonly BYTES: number = word.LAYOUT.byteLength;

  static {
    release = (mutex, guard) => {
      if (mutex.#heldBy !== guard) throw notHeld('Mutex', 'guard');
      mutex.unlock();
    };
    holds = (mutex, guard) => mutex.#heldBy === guard;
    guardOf = (mutex) => mutex.#heldBy;
    restoreGuard = (mutex, guard) => {
      mutex.#heldBy = guard;
    };
  }

  readonly #words: Int32Array<SharedArrayBuffer>;
  /** What lock() tries at first: the words, or where the thread may not block, a decoy that is never free. */
  readonly #lockable: Int32Array<SharedArrayBuffer>;
  /** The value of the word when this handle holds the mutex and nobody waits. */
  readonly #owner: number;
  readonly #handle: MutexHandle;
  readonly #spins: number;
  readonly #backoff = new Backoff();
  readonly #guard: MutexGuard;
  /** The number of the guard that holds the mutex through this handle. */
  #heldBy: number = NO_GUARD;
  #lastGuard: number = SYNC_GUARD;
  /** How many asynchronous acquisitions of this handle wait. */
  #waiting = 0;

  private constructor(region: Region<'mutex'>, spins: number, lent?: unknown) {
    this.#words = region.words;
    this.#lockable = canBlock() ? region.words : word.neverFree();
    this.#handle = region.handle;
    this.#spins = spins;
    this.#owner = (lent === undefined ? nextOwner(region.words) : requireLent(region.words, lent)) << word.OWNER_SHIFT;
    this.#guard = new MutexGuard(this, SYNC_GUARD);
  }

  /**
   * Creates a mutex in a buffer of its own. For many, {@link Mutex.at} is cheaper: allocating a
   * buffer costs about 300 ns.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: LockOptions = {}): Mutex {
    const spins = requireSpins(options, DEFAULT_SPINS);
    return new Mutex(MUTEX.create(), spins);
  }

  /**
   * Creates a mutex in {@link Mutex.BYTES} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 4
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: LockOptions = {}): Mutex {
    const spins = requireSpins(options, DEFAULT_SPINS); // before memory is touched
    return new Mutex(MUTEX.at(buffer, byteOffset), spins);
  }

  /**
   * Opens the mutex that a handle names, on the thread that received the handle; once on each
   * thread, since it is the handle by which misuse is noticed.
   *
   * @throws {CapacityError} when it was opened 268,435,455 times
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {InvalidHandleError} on anything but the handle of a mutex
   */
  static from(handle: MutexHandle, options: LockOptions = {}): Mutex {
    const spins = requireSpins(options, DEFAULT_SPINS);
    return new Mutex(MUTEX.from(handle), spins, handle.owner);
  }

  /** Gives the plain object that names this mutex to another thread. */
  get handle(): MutexHandle {
    return this.#handle;
  }

  /** Tells whether anybody holds the mutex, or died holding it; may have changed when it returns. */
  get isLocked(): boolean {
    // ORDERING(M1): publishes and observes nothing that a caller may rely on.
    return Atomics.load(this.#words, STATE) !== FREE;
  }

  /** Tells whether the mutex is held through this handle; costs no access to shared memory. */
  get isHeld(): boolean {
    return this.#heldBy !== NO_GUARD;
  }

  /**
   * Acquires the mutex; spins, then blocks, while another handle holds it. Allocates nothing.
   *
   * @returns the guard of this handle's synchronous acquisitions, the same each time
   * @throws {BlockingForbiddenError} where a thread may not block; use {@link Mutex.lockAsync}
   * @throws {DeadlockError} when the mutex is held through this handle already
   * @throws {OwnerDiedError} when its owner died
   * @throws {TimeoutError} after `timeout`; the mutex is not held then
   * @throws {CancelledError} when the token is cancelled
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws the reason of an `AbortSignal` that is aborted at the start
   */
  lock(options?: WaitOptions): LockGuard {
    // ORDERING(M2): observes what the last owner published (M3); admits one.
    if (options !== undefined || Atomics.compareExchange(this.#lockable, STATE, FREE, this.#owner) !== FREE) {
      this.#lockSlowly(options);
    }
    this.#heldBy = SYNC_GUARD;
    return this.#guard;
  }

  /**
   * Acquires the mutex if nobody holds it. Never waits, allocates nothing.
   *
   * @returns the guard of this handle's synchronous acquisitions, or undefined
   * @throws {OwnerDiedError} when its owner died
   */
  tryLock(): LockGuard | undefined {
    const found = Atomics.compareExchange(this.#words, STATE, FREE, this.#owner); // M2
    if (found !== FREE) {
      if (found === DIED) throw new OwnerDiedError();
      return undefined;
    }
    this.#heldBy = SYNC_GUARD;
    return this.#guard;
  }

  /**
   * Acquires the mutex without blocking the thread. Waits also while another task of this thread
   * holds it through the same handle.
   *
   * Rejects as {@link Mutex.lock} throws, but for the errors of blocking; and with the signal's
   * reason whenever it aborts.
   *
   * @returns a guard of this acquisition's own
   */
  async lockAsync(options: WaitOptions = {}): Promise<LockGuard> {
    const { signal } = options;
    const deadline = Deadline.after(options.timeout);
    throwIfAborted(signal);
    const found = Atomics.compareExchange(this.#words, STATE, FREE, this.#owner); // M2
    if (found !== FREE) {
      this.#waiting++;
      try {
        for (let seen = this.#acquireOrMark(); seen !== FREE; seen = this.#acquireOrMark()) {
          const result = await parkAsync(this.#words, STATE, seen, { signal, timeout: deadline.left });
          if (result === 'timed-out') throw new TimeoutError('Mutex.lockAsync()', options.timeout!);
        }
      } finally {
        this.#waiting--;
      }
    }
    this.#heldBy = ++this.#lastGuard;
    return new MutexGuard(this, this.#heldBy);
  }

  /**
   * Releases the mutex, and wakes a thread that waits. Never waits, allocates nothing.
   *
   * @throws {NotHeldError} where this handle does not hold it
   */
  unlock(): void {
    if (this.#heldBy === NO_GUARD) throw notHeld('Mutex', 'handle');
    this.#heldBy = NO_GUARD;
    // ORDERING(M3): publishes the critical section to M2 and M6.
    if ((Atomics.exchange(this.#words, STATE, FREE) & WAITERS) !== 0) {
      // ORDERING(M4): wakes a sleeper that set WAITERS (M6); its look at the word comes after M3.
      Atomics.notify(this.#words, STATE, 1);
    }
  }

  /**
   * Runs `fn` while holding the mutex, and returns what it returns. Blocks and throws as
   * {@link Mutex.lock}.
   *
   * @example
   * ```ts
   * import { Mutex } from '@concurrency-lab/spinlock';
   *
   * const mutex = Mutex.create();
   * mutex.withLock(() => mutex.isHeld); // => true
   * mutex.isHeld; // => false
   * ```
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
   * Runs `fn`, which may be async, while holding the mutex. Waits and rejects as
   * {@link Mutex.lockAsync}.
   *
   * @example
   * ```ts
   * import { Mutex } from '@concurrency-lab/spinlock';
   *
   * const mutex = Mutex.create();
   * await mutex.withLockAsync(async () => mutex.isHeld); // => true
   * ```
   */
  async withLockAsync<T>(fn: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    const guard = await this.lockAsync(options);
    try {
      return await fn();
    } finally {
      guard.unlock();
    }
  }

  /**
   * Lends the mutex to a worker that may die, so that its death can be told to the others.
   *
   * @example
   * ```ts
   * import { Worker } from 'node:worker_threads';
   * import { Mutex } from '@concurrency-lab/spinlock';
   *
   * const mutex = Mutex.create();
   * const loan = mutex.lend();
   * const dies = `
   *   import('@concurrency-lab/spinlock').then(({ Mutex }) => {
   *     Mutex.from(require('node:worker_threads').workerData).lock();
   *     process.exit();
   *   });`;
   * const worker = new Worker(dies, { eval: true, workerData: loan.handle });
   * await new Promise((resolve) => worker.once('exit', resolve));
   * loan.revoke(); // => true
   * mutex.lock(); // throws 'the owner of this Mutex died'
   * using guard = mutex.recover();
   * guard?.isHeld; // => true
   * ```
   */
  lend(): MutexLoan {
    const words = this.#words;
    const owner = nextOwner(words);
    return { handle: { ...this.#handle, owner }, revoke: () => revoke(words, owner << word.OWNER_SHIFT) };
  }

  /**
   * Takes over the mutex from an owner that died. Never waits.
   *
   * Of several callers one succeeds, and sees all that the dead owner wrote. It should make the
   * guarded data consistent before it unlocks; after that the mutex is as any other.
   *
   * @returns the guard of this handle's synchronous acquisitions, or undefined where no owner has
   * died, or somebody else has recovered
   */
  recover(): LockGuard | undefined {
    // ORDERING(M10): observes M8; admits one.
    if (Atomics.compareExchange(this.#words, STATE, DIED, this.#owner) !== DIED) return undefined;
    this.#heldBy = SYNC_GUARD;
    return this.#guard;
  }

  #lockSlowly(options: WaitOptions | undefined): void {
    requireBlocking('Mutex.lock()', 'Mutex.lockAsync()');
    const timeout = options?.timeout;
    const deadline = timeout === undefined ? undefined : Deadline.after(timeout);
    throwIfAborted(options?.signal);
    if (this.#heldBy !== NO_GUARD) throw heldHere('Mutex');
    if (this.#spin()) return;
    // The wake-up of an asynchronous waiter of this thread would go to an event loop that does
    // not turn. So they leave the queue before the thread sleeps; when it turns, they look again.
    if (this.#waiting > 0) Atomics.notify(this.#words, STATE); // M4
    for (let seen = this.#acquireOrMark(); seen !== FREE; seen = this.#acquireOrMark()) {
      const result = park(this.#words, STATE, seen, options && { signal: options.signal, timeout: deadline?.left });
      if (result === 'timed-out') throw new TimeoutError('Mutex.lock()', timeout!);
    }
  }

  /** Acquires the mutex if it becomes free within a while, and nobody sleeps. */
  #spin(): boolean {
    const words = this.#words;
    const backoff = this.#backoff;
    backoff.reset();
    for (let left = this.#spins; ; left--) {
      // ORDERING(M5): a look before the attempt; M2 observes.
      const seen = Atomics.load(words, STATE);
      if (seen === FREE) {
        const found = Atomics.compareExchange(words, STATE, FREE, this.#owner); // M2
        if (found === FREE) return true;
      } else if ((seen & WAITERS) !== 0 || seen === DIED) return false;
      if (left <= 0) return false;
      backoff.spin();
    }
  }

  /**
   * Acquires the mutex with WAITERS set, or sets WAITERS.
   *
   * @returns FREE when acquired, the word to park on otherwise
   */
  #acquireOrMark(): number {
    const words = this.#words;
    for (;;) {
      const seen = Atomics.load(words, STATE); // M5
      if (seen === DIED) throw new OwnerDiedError();
      if ((seen & WAITERS) !== 0) return seen;
      const wanted = seen === FREE ? this.#owner | WAITERS : seen | WAITERS;
      // ORDERING(M6): acquires as M2 does; or asks the owner for a wake-up, which M3 sees.
      if (Atomics.compareExchange(words, STATE, seen, wanted) === seen) return seen === FREE ? FREE : wanted;
    }
  }
}
