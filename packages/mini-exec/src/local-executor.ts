// An executor that nothing drives but its caller: `tryTick`, or the futures `tick` and `run`,
// which are polled by another executor, by `toPromise` or by `blockOn`. For programs that have
// a loop of their own: a game's frame, an audio callback, a test that goes step by step.
//
// Source: `LocalExecutor` of smol.

import { Executor } from './core/executor.ts';
import { type Context, type Future, Pending } from './core/future.ts';
import { coroutine, type IntoFuture } from './coroutine.ts';
import type { ExecutorOptions } from './options.ts';
import { pollFn } from './poll-fn.ts';
import { wakeAll, type Wakers, withWaker } from './wakers.ts';

/**
 * Runs tasks when its caller says so, one poll at a time.
 *
 * @example
 * ```ts
 * import { LocalExecutor, yieldNow } from '@concurrency-lab/mini-exec';
 *
 * const executor = new LocalExecutor();
 * const handle = executor.spawn(function* () {
 *   yield* yieldNow();
 *   return 'done';
 * });
 * executor.tryTick(); // => true
 * handle.isFinished; // => false
 * executor.tryTick(); // => true
 * handle.isFinished; // => true
 * executor.tryTick(); // => false
 * ```
 */
export class LocalExecutor extends Executor {
  readonly #idle: Idle;

  constructor(options: Omit<ExecutorOptions, 'driver'> = {}) {
    const idle = new Idle();
    super({ ...options, driver: () => () => idle.end() });
    this.#idle = idle;
  }

  /** Waits until a task is ready, and polls it once. */
  tick(): Future<void> {
    return pollFn((cx) => (this.tryTick() ? undefined : this.#idle.wait(cx)));
  }

  /** Polls this executor's tasks, and `source`, until `source` has come to a value. Throws what `source` throws. */
  run<T>(source: IntoFuture<T>): Future<T> {
    const future = coroutine(source);
    return pollFn(
      (cx) => {
        const polled = future.poll(cx);
        if (polled !== Pending) return polled;
        if (this.turn()) cx.waker.wake();
        return this.#idle.wait(cx);
      },
      () => future.drop(),
    );
  }
}

/** Holds those who wait for a task to get ready. */
class Idle {
  #wakers: Wakers = undefined;

  wait(cx: Context): typeof Pending {
    this.#wakers = withWaker(this.#wakers, cx.waker);
    return Pending;
  }

  end(): void {
    const wakers = this.#wakers;
    this.#wakers = undefined;
    wakeAll(wakers);
  }
}
