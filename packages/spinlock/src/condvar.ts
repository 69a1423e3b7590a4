// A condition variable: threads that hold a mutex sleep, without it, until another thread has
// changed what the mutex guards and notifies them. Two words:
//
//   waiters  how many wait; one more while the mutex is held, before it is released
//   turn     how many notifications found somebody waiting
//
// A waiter reads the turn while it still holds the mutex, releases it, and sleeps while the turn
// is the same. A notification counts the turn up before it wakes: who has not fallen asleep yet,
// does not. So a waiter may return although another one was notified; none misses what was
// meant for it. (One that stands between its look and its sleep for exactly 2^32 notifications would.)
//
// Source: the futex condition variable of Rust's standard library; js-lock-and-condition of Mozilla.

import {
  defineLayout,
  defineStructure,
  describe,
  type Handle,
  HEADER_FIELDS,
  InvalidArgumentError,
  type Region,
  requireBlocking,
  TimeoutError,
  unpark,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { NotHeldError } from './errors.ts';
import { guardOf, Mutex, restoreGuard } from './mutex.ts';
import { Patience } from './patience.ts';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  waiters: 'int32',
  turn: 'int32',
});
const CONDVAR = defineStructure({ kind: 'condvar', version: 1, ...LAYOUT });
const { waiters: WAITERS, turn: TURN } = LAYOUT.index;

/** Names a {@link Condvar} to another thread. */
export type CondvarHandle = Handle<'condvar'>;

/**
 * Lets threads sleep until what a {@link Mutex} guards has changed, and another thread says so.
 *
 * A wait may return without a notification, so look again: {@link Condvar.waitWhile} does. Change
 * the guarded data while holding the mutex; notify then, or after unlocking. Use one mutex for
 * all waits on a condition variable.
 *
 * @example
 * ```ts
 * import { Condvar, Mutex } from '@concurrency-lab/spinlock';
 *
 * const queue: number[] = []; // among threads: words of shared memory
 * const mutex = Mutex.create();
 * const filled = Condvar.create();
 *
 * async function take(): Promise<number | undefined> {
 *   using guard = await mutex.lockAsync();
 *   await filled.waitWhileAsync(mutex, () => queue.length === 0);
 *   return queue.shift();
 * }
 *
 * const taken = take();
 * await mutex.withLockAsync(() => void queue.push(42));
 * filled.notifyOne();
 * await taken; // => 42
 * ```
 */
export class Condvar {
  /** Counts the bytes a condition variable takes in shared memory. */
  static readonly BYTES: number = LAYOUT.byteLength;

  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #handle: CondvarHandle;
  /** How many asynchronous waits of this object there are. */
  #waiting = 0;

  private constructor({ words, handle }: Region<'condvar'>) {
    this.#words = words;
    this.#handle = handle;
  }

  /**
   * Creates a condition variable in a buffer of its own.
   *
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(): Condvar {
    return new Condvar(CONDVAR.create());
  }

  /**
   * Creates a condition variable in {@link Condvar.BYTES} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 4
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number): Condvar {
    return new Condvar(CONDVAR.at(buffer, byteOffset));
  }

  /**
   * Opens the condition variable that a handle names, on the thread that received the handle.
   *
   * @throws {InvalidHandleError} on anything but the handle of a condition variable
   */
  static from(handle: CondvarHandle): Condvar {
    return new Condvar(CONDVAR.from(handle));
  }

  /** Gives the plain object that names this condition variable to another thread. */
  get handle(): CondvarHandle {
    return this.#handle;
  }

  /**
   * Unlocks the mutex, blocks until notified, perhaps for nothing, and locks the mutex again: it
   * is held, through the same guard, when this returns and also when it throws.
   *
   * @param mutex - this thread's own object of it, which holds it
   * @throws {NotHeldError} where the mutex is not held through this object; nothing has happened then
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link Condvar.waitAsync}
   * @throws {TimeoutError} after `timeout`; the wait for the mutex comes on top
   * @throws {CancelledError} when the token is cancelled
   * @throws {OwnerDiedError} when another owner of the mutex died meanwhile; the mutex is not held then
   * @throws {InvalidArgumentError} on anything but a Mutex, and on a timeout that is negative or NaN
   * @throws the reason of an `AbortSignal` that is aborted at the start
   */
  wait(mutex: Mutex, options: WaitOptions = {}): void {
    requireBlocking('Condvar.wait()', 'Condvar.waitAsync()');
    requireHeld(mutex);
    this.#wait(mutex, new Patience('Condvar.wait()', options));
  }

  /**
   * Waits as {@link Condvar.wait}, without blocking; keeps the event loop alive meanwhile.
   *
   * Rejects as it throws, but for the error of blocking; and with the signal's reason whenever it aborts.
   */
  async waitAsync(mutex: Mutex, options: WaitOptions = {}): Promise<void> {
    requireHeld(mutex);
    await this.#waitAsync(mutex, new Patience('Condvar.waitAsync()', options));
  }

  /**
   * Waits as {@link Condvar.wait}, again and again, while `condition` holds: not at all where it
   * does not. It is called with the mutex held.
   *
   * @throws as {@link Condvar.wait}, and what `condition` throws; a {@link TimeoutError} only
   * where `condition` still holds at the end
   * @throws {InvalidArgumentError} where `condition` returns a promise, which would hold for ever
   *
   * @example
   * ```ts
   * import { Condvar, Mutex } from '@concurrency-lab/spinlock';
   *
   * const mutex = Mutex.create();
   * const ready = Condvar.create();
   * mutex.withLock(() => ready.waitWhile(mutex, () => true, { timeout: 5 })); // throws 'given up after its timeout of 5 ms'
   * ```
   */
  waitWhile(mutex: Mutex, condition: () => boolean, options: WaitOptions = {}): void {
    requireBlocking('Condvar.waitWhile()', 'Condvar.waitWhileAsync()');
    requireHeld(mutex);
    const patience = new Patience('Condvar.waitWhile()', options);
    while (holds(condition)) {
      try {
        this.#wait(mutex, patience);
      } catch (error) {
        if (!(error instanceof TimeoutError) || holds(condition)) throw error;
      }
    }
  }

  /**
   * Waits as {@link Condvar.waitWhile}, without blocking; keeps the event loop alive meanwhile.
   *
   * Rejects as it throws, but for the error of blocking; and with the signal's reason whenever it aborts.
   */
  async waitWhileAsync(mutex: Mutex, condition: () => boolean, options: WaitOptions = {}): Promise<void> {
    requireHeld(mutex);
    const patience = new Patience('Condvar.waitWhileAsync()', options);
    while (holds(condition)) {
      try {
        await this.#waitAsync(mutex, patience);
      } catch (error) {
        if (!(error instanceof TimeoutError) || holds(condition)) throw error;
      }
    }
  }

  /** Wakes the one that has waited longest, perhaps others too. Never waits; one atomic load where nobody waits. */
  notifyOne(): void {
    this.#notify(1);
  }

  /** Wakes all that wait. Never waits; one atomic load where nobody waits. */
  notifyAll(): void {
    this.#notify(Infinity);
  }

  #notify(count: number): void {
    // ORDERING(C3): sees a waiter (C1) that released the mutex before this thread had it.
    if (Atomics.load(this.#words, WAITERS) === 0) return;
    // ORDERING(C4): makes a waiter that is not asleep yet see a turn that is not the one it knows (C2).
    Atomics.add(this.#words, TURN, 1);
    unpark(this.#words, TURN, count);
  }

  #wait(mutex: Mutex, patience: Patience): void {
    // A notification would wake an asynchronous wait of this thread, which is longer asleep but
    // cannot go on. So those leave the queue first: they return once the thread is not blocked.
    if (this.#waiting > 0) unpark(this.#words, TURN);
    const guard = guardOf(mutex);
    const turn = this.#arrive();
    mutex.unlock();
    try {
      patience.park(this.#words, TURN, turn);
    } finally {
      this.#depart();
      mutex.lock();
      restoreGuard(mutex, guard);
    }
  }

  async #waitAsync(mutex: Mutex, patience: Patience): Promise<void> {
    const guard = guardOf(mutex);
    const turn = this.#arrive();
    mutex.unlock();
    this.#waiting++;
    try {
      await patience.parkAsync(this.#words, TURN, turn);
    } finally {
      this.#waiting--;
      this.#depart();
      await mutex.lockAsync();
      restoreGuard(mutex, guard);
    }
  }

  /** Counts this thread among those that wait; returns the turn to sleep on. */
  #arrive(): number {
    // ORDERING(C1): comes before the mutex is released, so that whoever has it next sees a waiter (C3).
    Atomics.add(this.#words, WAITERS, 1);
    // ORDERING(C2): comes before the mutex is released, so that it is older than the notification (C4) to come.
    return Atomics.load(this.#words, TURN);
  }

  #depart(): void {
    Atomics.sub(this.#words, WAITERS, 1); // C1
  }
}

/** Asks a condition, which an async function would never end. */
function holds(condition: () => boolean): boolean {
  const is: unknown = condition();
  if (typeof (is as PromiseLike<unknown> | undefined)?.then !== 'function') return is as boolean;
  throw new InvalidArgumentError(
    'condition returned a promise, and must return a boolean: it is asked with the mutex held',
  );
}

function requireHeld(mutex: Mutex): void {
  if (!(mutex instanceof Mutex)) throw new InvalidArgumentError(`mutex must be a Mutex, not ${describe(mutex)}`);
  if (mutex.isHeld) return;
  throw new NotHeldError('the Mutex is not held through this handle; lock it before waiting on a Condvar');
}
