// The two bridges between futures and promises.

import type { Coroutine } from './coroutine.ts';
import { Completion, type Future, Pending } from './future.ts';

/**
 * Waits for a promise in a coroutine; throws what the promise rejects with.
 *
 * The promise has begun already, and giving up the wait does not stop it.
 *
 * @example
 * ```ts
 * import { Executor, fromPromise } from '@concurrency-lab/mini-exec';
 *
 * await new Executor().spawn(function* () {
 *   return (yield* fromPromise(Promise.resolve(20))) + 1;
 * }); // => 21
 * ```
 */
export function* fromPromise<T>(promise: PromiseLike<T>): Coroutine<T> {
  const settled = new Completion<PromiseSettledResult<T>>();
  void Promise.allSettled([promise]).then(([result]) => settled.finish(() => result));
  const result = yield* settled;
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/**
 * Polls a future, whenever it asks for it, until it has come to a value; no executor needed.
 *
 * @example
 * ```ts
 * import { coroutine, toPromise, yieldNow } from '@concurrency-lab/mini-exec';
 *
 * const future = coroutine(function* () {
 *   yield* yieldNow();
 *   return 'done';
 * });
 * await toPromise(future); // => 'done'
 * ```
 */
export async function toPromise<T>(future: Future<T>): Promise<T> {
  for (;;) {
    let wake!: () => void;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const polled = future.poll({ waker: { wake } });
    if (polled !== Pending) return polled;
    await woken;
  }
}
