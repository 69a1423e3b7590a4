// Coroutines: generator functions that wait with `yield*`. A coroutine yields the future it
// waits for, up through all nested generators, if that one is pending. Polling the coroutine
// polls that future and, when it has come to something, resumes the generator with its value
// or error. A bare `yield` waits for nothing but the turn of the others.

import { mayGoOn } from './coop.ts';
import { enter, wasPolled } from './awaiting.ts';
import { isCoroutine, requireFuture } from './require-future.ts';
import { type Context, Future, Pending, type Poll } from './core/future.ts';

/**
 * Is the generator of a coroutine that comes to a `T`. With `yield*` it waits for a future; a bare
 * `yield` lets every other ready task be polled once, as `yieldNow()` does, in less time.
 *
 * @example
 * ```ts
 * import { Executor } from '@concurrency-lab/mini-exec';
 *
 * const executor = new Executor();
 * const order: string[] = [];
 * const countDown = (name: string) =>
 *   executor.spawn(function* () {
 *     for (let left = 2; left > 0; left--) {
 *       order.push(`${name} ${left}`);
 *       yield;
 *     }
 *   });
 * const [a, b] = [countDown('a'), countDown('b')];
 * await a;
 * await b;
 * order; // => ['a 2', 'b 2', 'a 1', 'b 1']
 * ```
 */
export type Coroutine<T> = Generator<Future<unknown> | undefined, T, unknown>;

/** Is whatever becomes a future: a future, a coroutine, or the function that makes a coroutine. */
export type IntoFuture<T> = Future<T> | Coroutine<T> | (() => Coroutine<T>);

/**
 * Makes a future of a generator function or its generator. Nothing runs before the first poll.
 *
 * @throws {TypeError} on anything that is neither a generator nor a future
 *
 * @example
 * ```ts
 * import { blockOn, coroutine, yieldNow } from '@concurrency-lab/mini-exec';
 *
 * const answer = coroutine(function* () {
 *   yield* yieldNow();
 *   return 42;
 * });
 * blockOn(answer); // => 42
 * ```
 */
export function coroutine<T>(source: IntoFuture<T>): Future<T> {
  const made = typeof source === 'function' ? source() : source;
  if (made instanceof Future) return made;
  return isCoroutine(made) ? new CoroutineFuture(made) : (requireFuture(made) as Future<T>);
}

type Step<T> = IteratorResult<Future<unknown> | undefined, T>;

class CoroutineFuture<T> extends Future<T> {
  private readonly generator: Coroutine<T>;
  /** What it waits for; nothing before it has begun. */
  private awaited: Future<unknown> | undefined = undefined;

  constructor(generator: Coroutine<T>) {
    super();
    this.generator = generator;
  }

  override poll(cx: Context): Poll<T> {
    let step = this.awaited === undefined ? this.resume(cx, undefined) : this.pollAwaited(cx, this.awaited);
    while (step !== undefined) {
      if (step.done === true) return step.value;
      const awaited = step.value;
      this.awaited = awaited;
      if (awaited === undefined) {
        cx.waker.wake();
        return Pending;
      }
      if (wasPolled(awaited) || !mayGoOn(cx)) return Pending;
      step = this.pollAwaited(cx, awaited);
    }
    return Pending;
  }

  /** Takes the generator one step on, once what it waits for has come to something. */
  private pollAwaited(cx: Context, awaited: Future<unknown>): Step<T> | undefined {
    let value: unknown;
    try {
      value = (awaited instanceof Future ? awaited : requireFuture(awaited)).poll(cx);
    } catch (error) {
      return this.fail(cx, error);
    }
    return value === Pending ? undefined : this.resume(cx, value);
  }

  private resume(cx: Context, value: unknown): Step<T> {
    const outer = enter(cx);
    let step: Step<T>;
    try {
      step = this.generator.next(value);
    } catch (error) {
      enter(outer); // `finally` would do, and costs a tenth of a step
      throw error;
    }
    enter(outer);
    return step;
  }

  private fail(cx: Context, error: unknown): Step<T> {
    const outer = enter(cx);
    try {
      return this.generator.throw(error);
    } finally {
      enter(outer);
    }
  }

  override drop(): void {
    this.awaited?.drop();
    const { done } = this.generator.return(undefined as T);
    if (done !== true) throw new TypeError('a coroutine may not wait in its cleanup: nobody is left to poll it');
  }
}
