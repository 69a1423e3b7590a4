// A set of spawned tasks that are joined in the order in which they finish.

import { Executor, type Joined, JoinSet as TaskSet, toPromise } from '@concurrency-lab/mini-exec';
import type { JoinHandle } from '../join-handle.ts';
import type { Task } from '../tasks/task.ts';
import { requireSpawning, type Spawning } from './spawning.ts';

/**
 * Collects tasks and joins whichever finishes next. Disposing of it aborts those that are left.
 *
 * Source: `JoinSet` of Tokio.
 *
 * @example
 * ```ts
 * import { isRuntimeWorker, JoinSet, Runtime, task } from '@concurrency-lab/runtime';
 *
 * export const square = task(import.meta, 'square', (n: number) => n * n);
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(1).build();
 *   using tasks = new JoinSet<number>(rt);
 *   for (const n of [1, 2, 3]) tasks.spawn(square, n);
 *   let sum = 0;
 *   for await (const joined of tasks) if (joined.error === undefined) sum += joined.value;
 *   sum; // => 14
 *   await rt.shutdown();
 * }
 * ```
 */
export class JoinSet<T> implements Disposable, AsyncIterable<Joined<T>> {
  readonly #runtime: Spawning;
  readonly #tasks = new TaskSet<T>(new Executor());

  /**
   * Makes an empty set; `runtime` spawns its tasks: a runtime, or `{ spawn }` within a task.
   *
   * @throws {InvalidArgumentError} on anything else
   */
  constructor(runtime: Spawning) {
    this.#runtime = requireSpawning(runtime);
  }

  /** Counts the tasks that have not been joined. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Spawns a task and adds it. Throws as {@link Runtime.spawn}. */
  spawn<Args extends readonly unknown[]>(task: Task<Args, T>, ...args: Args): JoinHandle<T> {
    const handle = this.#runtime.spawn(task, ...args);
    this.#tasks.add(handle);
    return handle;
  }

  /** Waits for the task that finishes next; its error is returned, not thrown. Null when the set is empty. */
  joinNext(): Promise<Joined<T> | null> {
    return toPromise(this.#tasks.joinNext());
  }

  /** Waits for all tasks and returns their values, the first finished first; throws the first error, and aborts the rest. */
  async joinAll(): Promise<T[]> {
    const values: T[] = [];
    try {
      for await (const joined of this) {
        if (joined.error !== undefined) throw joined.error;
        values.push(joined.value);
      }
      return values;
    } finally {
      this.abortAll();
    }
  }

  /** Joins until the set is empty; tasks that are added meanwhile are joined too. */
  [Symbol.asyncIterator](): AsyncIterator<Joined<T>, void, undefined> {
    return {
      next: async () => {
        const joined = await this.joinNext();
        return joined === null ? { done: true, value: undefined } : { done: false, value: joined };
      },
    };
  }

  /** Aborts the tasks that have not finished; they are joined as cancelled. */
  abortAll(): void {
    this.#tasks.abortAll();
  }

  [Symbol.dispose](): void {
    this.abortAll();
  }
}
