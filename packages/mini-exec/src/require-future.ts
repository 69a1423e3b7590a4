import { describe } from '@concurrency-lab/atomics';
import type { Coroutine } from './coroutine.ts';
import type { Future } from './core/future.ts';

/** Returns the value if it can be polled; else throws, saying what a coroutine may wait for. */
export function requireFuture(value: unknown): Future<unknown> {
  if (typeof (value as Partial<Future<unknown>> | null)?.poll === 'function') return value as Future<unknown>;
  const hint = hasMethod(value, 'then') ? '; wrap a promise in fromPromise()' : '';
  throw new TypeError(`expected a future or a coroutine, not ${describe(value)}${hint}`);
}

/** Tells a coroutine's generator from a future. */
export function isCoroutine<T>(value: Future<T> | Coroutine<T>): value is Coroutine<T> {
  return hasMethod(value, 'next') && hasMethod(value, 'throw');
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function';
}
