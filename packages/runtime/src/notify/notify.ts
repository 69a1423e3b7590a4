// Notifies tasks on any threads, without a value.

import { requireBlocking, type WaitOptions } from '@concurrency-lab/atomics';
import { Notified } from './notified.ts';
import { type NotifyHandle, NotifyState } from './state.ts';

/**
 * Notifies one task or all that wait, on any threads. A notification that finds nobody is stored, one at most.
 *
 * What was done before a notification happens before what follows the wait that it ends. Who waits is not served in
 * any order; one that comes may take the notification of one that was there. All that wait are woken for each notification, and
 * look; where many wait, a `Semaphore` of `@concurrency-lab/spinlock` wakes one.
 *
 * Source: `Notify` of Tokio.
 *
 * @example
 * ```ts
 * import { Notify } from '@concurrency-lab/runtime';
 *
 * const notify = Notify.create();
 * const there = Notify.from(structuredClone(notify.handle)); // on another thread
 * const woken = there.waitAsync();
 * notify.notifyOne();
 * await woken;
 * notify.notifyOne();
 * notify.notifyOne(); // one is stored
 * there.tryWait(); // => true
 * there.tryWait(); // => false
 * ```
 */
export class Notify {
  readonly #shared: NotifyState;

  private constructor(shared: NotifyState) {
    this.#shared = shared;
  }

  /**
   * Creates one, without a notification.
   *
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(): Notify {
    return new Notify(NotifyState.create());
  }

  /**
   * Opens the one that a handle names, on the thread that received the handle, as often as you like.
   *
   * @throws {InvalidHandleError} on anything but the handle of a Notify
   */
  static from(handle: NotifyHandle): Notify {
    return new Notify(NotifyState.from(handle));
  }

  /** Gives the plain object that names this Notify to another thread: an argument of a task, or `postMessage`. */
  get handle(): NotifyHandle {
    return this.#shared.handle;
  }

  /** Ends one of those waits that are under way; is stored, where there is none, for the next. Never waits. */
  notifyOne(): void {
    this.#shared.notifyOne();
  }

  /** Ends all waits that are under way; where there are none, nothing is stored. Never waits. */
  notifyWaiters(): void {
    this.#shared.notifyWaiters();
  }

  /** Takes a notification if one is stored. Never waits. */
  tryWait(): boolean {
    return this.#shared.tryTake(0);
  }

  /**
   * Waits for a notification; blocks this thread, unless one is stored. On a worker of a runtime, only a task of
   * `spawnBlocking` should.
   *
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link Notify.waitAsync}
   * @throws {CancelledError} when the token in `signal` is cancelled
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws {TimeoutError} after `timeout`
   * @throws {WaitersExhaustedError} where 32,767 wait already
   */
  wait(options: WaitOptions = {}): void {
    requireBlocking('Notify.wait()', 'Notify.waitAsync()');
    this.#shared.wait(this.#shared.epoch(), options);
  }

  /**
   * Waits for a notification without blocking, by a promise; keeps the event loop alive meanwhile. Rejects as
   * {@link Notify.wait} throws, and with the reason of an `AbortSignal`.
   */
  async waitAsync(options: WaitOptions = {}): Promise<void> {
    await this.#shared.waitAsync(this.#shared.epoch(), options);
  }

  /** Makes a future of a wait, for coroutines: `yield* notify.notified()`. It hears of {@link Notify.notifyWaiters} from now on. */
  notified(): Notified {
    return new Notified(this.#shared, this.#shared.epoch());
  }
}
