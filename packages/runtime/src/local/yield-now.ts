// A task that steps aside.

import { scheduleMacrotask } from '@concurrency-lab/atomics';
import { type Context, Future, Pending, type Poll } from '@concurrency-lab/mini-exec';
import { currentWorker } from '../current.ts';

/** Is what {@link yieldNow} gives: `await` it in an async task, `yield*` it in a coroutine. */
export interface YieldNow extends Future<void>, PromiseLike<void> {}

class Turn extends Future<void> implements YieldNow {
  #state: 'new' | 'waiting' | 'over' = 'new';

  override poll(cx: Context): Poll<void> {
    if (this.#state === 'over') return undefined;
    if (this.#state === 'new') {
      this.#state = 'waiting';
      afterOthers(() => {
        this.#state = 'over';
        cx.waker.wake();
      });
    }
    return Pending;
  }

  then<A = void, B = never>(onValue?: ((value: void) => A | PromiseLike<A>) | null): Promise<A | B> {
    return new Promise<void>((resolve) => afterOthers(resolve)).then(onValue);
  }
}

function afterOthers(goOn: () => void): void {
  const worker = currentWorker();
  if (worker === undefined) scheduleMacrotask(goOn);
  else worker.stepAside(goOn);
}

/**
 * Steps aside: the worker runs other tasks, 16 where there are as many, and its promises, timers and I/O have
 * their turn, before the task goes on. For an async task or a coroutine that computes for long; one that only
 * waits for promises that are settled keeps everybody else on its thread from running. On any other thread,
 * the event loop has a turn.
 *
 * Source: `yield_now` of Tokio.
 *
 * @example
 * ```ts
 * import { isRuntimeWorker, Runtime, task, yieldNow } from '@concurrency-lab/runtime';
 *
 * export const sum = task(import.meta, 'sum', async (count: number) => {
 *   let total = 0;
 *   for (let i = 1; i <= count; i++) {
 *     total += i;
 *     if (i % 1000 === 0) await yieldNow();
 *   }
 *   return total;
 * });
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(1).build();
 *   await rt.spawn(sum, 5000); // => 12502500
 *   await rt.shutdown();
 * }
 * ```
 */
export function yieldNow(): YieldNow {
  return new Turn();
}
