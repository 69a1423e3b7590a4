// Giving up a future after a time.

import { TimeoutError } from '@concurrency-lab/atomics';
import { coroutine, type IntoFuture } from '../coroutine.ts';
import { type Context, Future, Pending, type Poll } from '../core/future.ts';
import { sleep } from './sleep.ts';

/**
 * Waits for a future, but not for longer than `milliseconds` from the first poll on; then the
 * future is dropped, and its cleanup has run when the error is thrown.
 *
 * @param milliseconds - from 0 to 2147483647; with 0 the future is polled once
 * @throws {InvalidArgumentError} on any other number
 * @throws {TimeoutError} from the future, when the time has passed
 *
 * @example
 * ```ts
 * import { blockOn, Future, Pending, type Poll } from '@concurrency-lab/mini-exec';
 * import { timeout } from '@concurrency-lab/mini-exec/time';
 *
 * class Never extends Future<void> {
 *   override poll(): Poll<void> {
 *     return Pending;
 *   }
 * }
 * blockOn(timeout(5, new Never())); // throws 'given up after its timeout of 5 ms'
 * ```
 */
export function timeout<T>(milliseconds: number, source: IntoFuture<T>): Future<T> {
  return new Timeout(coroutine(source), milliseconds);
}

class Timeout<T> extends Future<T> {
  readonly #future: Future<T>;
  readonly #milliseconds: number;
  readonly #sleep: Future<void>;

  constructor(future: Future<T>, milliseconds: number) {
    super();
    this.#sleep = sleep(milliseconds);
    this.#milliseconds = milliseconds;
    this.#future = future;
  }

  override poll(cx: Context): Poll<T> {
    let polled: Poll<T>;
    try {
      polled = this.#future.poll(cx);
    } catch (error) {
      this.#sleep.drop();
      throw error;
    }
    if (polled !== Pending) this.#sleep.drop();
    else if (this.#sleep.poll(cx) !== Pending) {
      this.#future.drop();
      throw new TimeoutError('a future', this.#milliseconds);
    }
    return polled;
  }

  override drop(): void {
    this.#sleep.drop();
    this.#future.drop();
  }
}
