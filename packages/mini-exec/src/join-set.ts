// A set of tasks that are joined in the order in which they finish.

import type { Executor } from './core/executor.ts';
import { type Future, Pending, type Waker } from './core/future.ts';
import type { JoinHandle } from './core/task.ts';
import type { Coroutine, IntoFuture } from './coroutine.ts';
import type { JoinError } from './errors.ts';
import { pollFn } from './poll-fn.ts';

/** Is what became of a task of a set: its handle, and its value or error. */
export type Joined<T> =
  | { readonly handle: JoinHandle<T>; readonly value: T; readonly error?: undefined }
  | { readonly handle: JoinHandle<T>; readonly error: JoinError };

/**
 * Collects tasks and joins whichever finishes next. Disposing of it aborts those that are left.
 *
 * Source: `JoinSet` of Tokio.
 *
 * @example
 * ```ts
 * import { Executor, JoinSet, yieldNow } from '@concurrency-lab/mini-exec';
 *
 * const executor = new Executor();
 * await executor.spawn(function* () {
 *   using tasks = new JoinSet<string>(executor);
 *   for (const [name, turns] of [['slow', 20], ['quick', 5]] as const) {
 *     tasks.spawn(function* () {
 *       for (let turn = 0; turn < turns; turn++) yield* yieldNow();
 *       return name;
 *     });
 *   }
 *   const order: string[] = [];
 *   for (let next = yield* tasks.joinNext(); next !== null; next = yield* tasks.joinNext()) {
 *     if (next.error === undefined) order.push(next.value);
 *   }
 *   return order;
 * }); // => ['quick', 'slow']
 * ```
 */
export class JoinSet<T> implements Disposable {
  readonly #executor: Executor;
  readonly #living = new Set<JoinHandle<T>>();
  readonly #finished: Joined<T>[] = [];
  #waiting: Waker | undefined;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** Counts the tasks that have not been joined. */
  get size(): number {
    return this.#living.size + this.#finished.length;
  }

  /** Spawns a task and adds it. Throws as {@link Executor.spawn}. */
  spawn(source: IntoFuture<T>, options?: { readonly name?: string }): JoinHandle<T> {
    return this.add(this.#executor.spawn(source, options));
  }

  /** Adds a task that was spawned elsewhere, and returns its handle; the set joins it from now on. */
  add(handle: JoinHandle<T>): JoinHandle<T> {
    this.#living.add(handle);
    const waker: Waker = { wake: () => this.#take(handle, waker) };
    handle.poll({ waker });
    return handle;
  }

  #take(handle: JoinHandle<T>, waker: Waker): void {
    this.#living.delete(handle);
    try {
      this.#finished.push({ handle, value: handle.poll({ waker }) as T });
    } catch (error) {
      this.#finished.push({ handle, error: error as JoinError });
    }
    this.#waiting?.wake();
  }

  /** Waits for the task that finishes next; its error is returned, not thrown. Null when the set is empty. */
  joinNext(): Future<Joined<T> | null> {
    return pollFn((cx) => {
      const joined = this.#finished.shift();
      if (joined !== undefined) return joined;
      if (this.#living.size === 0) return null;
      this.#waiting = cx.waker;
      return Pending;
    });
  }

  /** Waits for all tasks and returns their values, the first finished first; throws the first error, and aborts the rest. */
  *joinAll(): Coroutine<T[]> {
    const values: T[] = [];
    try {
      for (let next = yield* this.joinNext(); next !== null; next = yield* this.joinNext()) {
        if (next.error !== undefined) throw next.error;
        values.push(next.value);
      }
      return values;
    } finally {
      this.abortAll();
    }
  }

  /** Aborts the tasks that have not finished; they are joined as cancelled. */
  abortAll(): void {
    for (const handle of this.#living) handle.abort();
  }

  [Symbol.dispose](): void {
    this.abortAll();
  }
}
