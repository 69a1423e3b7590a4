// The two bridges between futures and promises.

import { Completion } from './completion.ts';
import { refill } from './coop.ts';
import type { Coroutine } from './coroutine.ts';
import { type Future, Pending } from './core/future.ts';

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
  const settled = new Completion<T>();
  void Promise.resolve(promise).then(
    (value) => settled.finish(value),
    (error: unknown) => settled.finish(error, true),
  );
  return yield* settled;
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
export function toPromise<T>(future: Future<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let polling = false;
    let isOver = false;
    const poll = (): void => {
      polling = false;
      if (isOver) return; // woken once more, by a waker that somebody has kept
      refill();
      try {
        const polled = future.poll({ waker });
        if (polled === Pending) return;
        resolve(polled);
      } catch (error) {
        reject(error);
      }
      isOver = true;
    };
    const waker = {
      wake(): void {
        if (polling) return;
        polling = true;
        queueMicrotask(poll); // never within the poll or the wake of another
      },
    };
    poll();
  });
}
