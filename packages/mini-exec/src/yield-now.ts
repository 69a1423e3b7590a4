import { awaitTurn } from './awaiting.ts';
import { Future, Pending, type Poll, type Context } from './core/future.ts';

/**
 * Lets every other ready task be polled once before this one goes on. In a coroutine, a bare
 * `yield` does the same in less time; as a future, this works with `select` and `join` too.
 *
 * @example
 * ```ts
 * import { Executor, yieldNow } from '@concurrency-lab/mini-exec';
 *
 * const executor = new Executor();
 * const order: string[] = [];
 * const polite = executor.spawn(function* () {
 *   order.push('first');
 *   yield* yieldNow();
 *   order.push('third');
 * });
 * executor.spawn(function* () {
 *   order.push('second');
 * });
 * await polite;
 * order; // => ['first', 'second', 'third']
 * ```
 */
export function yieldNow(): Future<void> {
  return new YieldNow();
}

class YieldNow extends Future<void> {
  private yielded = false;

  override poll(cx: Context): Poll<void> {
    if (this.yielded) return undefined;
    this.yielded = true;
    cx.waker.wake();
    return Pending;
  }

  override [Symbol.iterator](): Iterator<Future<unknown> | undefined, void, unknown> {
    return awaitTurn(this);
  }
}
