// The protocol between a value that is not there yet and whoever waits for it. Making a
// future does nothing. Each poll takes it as far as it can go without waiting; then it
// either returns its value, or keeps the waker of the context and returns Pending. The
// waker says, once or more, when another poll is worth it; nobody polls before that.
//
// Source: `std::future::Future` and `std::task` of Rust.

import { awaitFuture } from '../awaiting.ts';
import { Pending } from '../pending.ts';

export { Pending };

/** Is what one poll returns: the value, or {@link Pending}. A future that fails throws instead. */
export type Poll<T> = T | typeof Pending;

/** Asks for one task to be polled again. */
export interface Waker {
  /**
   * Puts the task back into its executor's ready queue, unless it is there already or has
   * finished. Polls nothing itself, so it is safe to call from anywhere on this thread;
   * `shareWaker()` makes a handle of it for other threads.
   */
  wake(): void;
}

/** Carries what a poll may use: above all the waker of the task that is polled. */
export interface Context {
  readonly waker: Waker;
}

/**
 * Is extended by everything that a coroutine can wait for with `yield*`.
 *
 * @example
 * ```ts
 * import { blockOn, type Context, Future, Pending, type Poll } from '@concurrency-lab/mini-exec';
 *
 * class Countdown extends Future<string> {
 *   #left = 3;
 *   override poll(cx: Context): Poll<string> {
 *     if (this.#left-- === 0) return 'lift-off';
 *     cx.waker.wake(); // poll me again
 *     return Pending;
 *   }
 * }
 * blockOn(new Countdown()); // => 'lift-off'
 * ```
 */
export abstract class Future<T> {
  /**
   * Goes on as far as possible without waiting. Returns the value, or `Pending` after having
   * arranged that `cx.waker` is woken; throws if the future failed.
   */
  abstract poll(cx: Context): Poll<T>;

  /** Gives up a future that will not be polled again; the default has nothing to release. */
  drop(): void {}

  /** Makes `yield* future` work: yields the future, and returns what the coroutine is resumed with. */
  [Symbol.iterator](): Iterator<Future<unknown> | undefined, T, unknown> {
    return awaitFuture(this);
  }
}
