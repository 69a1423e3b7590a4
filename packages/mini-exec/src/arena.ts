// The tasks that live: those that were spawned and have not finished. It bounds their number
// where asked, as an arena of fixed size does, and reaches all of them when an executor
// shuts down. Adding and removing one takes constant time.

import { requireInteger } from '@concurrency-lab/atomics';
import type { Task } from './core/task.ts';
import { ArenaFullError } from './errors.ts';

/** Holds the living tasks of an executor. */
export class TaskArena {
  readonly #tasks: Task<unknown>[] = [];
  readonly #capacity: number;

  constructor(capacity: number | undefined) {
    this.#capacity = capacity === undefined ? Infinity : requireInteger('capacity', capacity, 1, 2 ** 30);
  }

  get size(): number {
    return this.#tasks.length;
  }

  /** Throws when there is no room for one more. */
  requireRoom(): void {
    if (this.#tasks.length >= this.#capacity) throw new ArenaFullError(this.#capacity);
  }

  add(task: Task<unknown>): void {
    task.place = this.#tasks.length;
    this.#tasks.push(task);
  }

  /** Removes a task; the last one takes its place. */
  remove(task: Task<unknown>): void {
    const last = this.#tasks.pop()!;
    if (last === task) return;
    this.#tasks[task.place] = last;
    last.place = task.place;
  }

  /** Aborts all; they leave when their executor has dropped them. */
  abort(): void {
    for (const task of this.#tasks) task.abort();
  }
}
