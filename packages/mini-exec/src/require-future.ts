import { describe } from '@concurrency-lab/atomics';
import type { Coroutine } from './coroutine.ts';
import type { Future } from './core/future.ts';

/** Returns the value if it can be polled; else throws, saying what a coroutine may wait for. */
export function requireFuture(value: unknown): Future<unknown> {
  if (typeof (value as Partial<Future<unknown>> | null | undefined)?.poll === 'function')
    return value as Future<unknown>;
  const isThenable = typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
  const hint = isThenable ? '; wrap a promise in fromPromise()' : '';
  throw new TypeError(`expected a future or a coroutine, not ${describe(value)}${hint}`);
}

/** Tells a coroutine's generator from a future. */
export function isCoroutine<T>(value: Future<T> | Coroutine<T>): value is Coroutine<T> {
  const made = value as Partial<Coroutine<T>> | null | undefined;
  return typeof made?.next === 'function' && typeof made.throw === 'function';
}
