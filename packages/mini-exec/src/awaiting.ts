// What `yield*` goes through when a coroutine waits for a future: it yields the future, and
// returns the value that the coroutine is resumed with. A generator of one line would do, but
// takes three times as long to make (`node bench/mini-exec.bench.mjs`).

import type { Future } from './core/future.ts';

/** Yields a future once; see above. */
export class Awaiting<T> implements Iterator<Future<unknown>, T, unknown> {
  #future: Future<T> | undefined;

  constructor(future: Future<T>) {
    this.#future = future;
  }

  next(value: unknown): IteratorResult<Future<unknown>, T> {
    const future = this.#future;
    if (future === undefined) return { done: true, value: value as T };
    this.#future = undefined;
    return { done: false, value: future };
  }

  throw(error: unknown): never {
    throw error;
  }
}
