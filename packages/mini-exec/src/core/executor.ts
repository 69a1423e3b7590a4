// The executor: tasks that are ready wait in line, and are polled one after the other. It
// polls nothing that was not woken. Two drivers share this one core:
//
// - the event loop: the first task that gets ready asks for a microtask, which polls until
//   no task is ready, or BUDGET times, and then lets I/O and timers have their turn;
// - blockOn(): polls on the caller's stack until one future has come to a value.

import { DeadlockError } from '../errors.ts';
import { later, soon } from '../event-loop.ts';
import { coroutine, type IntoFuture } from './coroutine.ts';
import { type JoinHandle, Task } from './task.ts';

const BUDGET = 1024;

/**
 * Runs tasks on this thread, polling each only when it was woken.
 *
 * @example
 * ```ts
 * import { Executor, yieldNow } from '@concurrency-lab/mini-exec';
 *
 * const executor = new Executor();
 * const doubled = executor.spawn(function* () {
 *   const half = yield* executor.spawn(function* () {
 *     yield* yieldNow();
 *     return 21;
 *   });
 *   return half * 2;
 * });
 * await doubled; // => 42
 * ```
 */
export class Executor {
  /** The ready queue, first in, first out: linked through the tasks, so that queueing allocates nothing. */
  #first: Task<unknown> | undefined;
  #last: Task<unknown> | undefined;
  #live = 0;
  /** Set from the request for a microtask until it has left no task ready. */
  #driven = false;

  /** Counts the tasks that were spawned and have not finished. */
  get liveTasks(): number {
    return this.#live;
  }

  /** Spawns a task, to be polled for the first time after those that are ready now. Never blocks. */
  spawn<T>(source: IntoFuture<T>): JoinHandle<T> {
    const task = new Task(coroutine(source), this.#enqueue);
    this.#live++;
    task.wake();
    return task;
  }

  /** Polls the task that has been ready longest, and tells whether there was one. */
  tryTick(): boolean {
    const task = this.#first;
    if (task === undefined) return false;
    this.#first = task.next;
    task.next = undefined;
    if (!task.isFinished && task.run()) this.#live--;
    return true;
  }

  readonly #enqueue = (task: Task<unknown>): void => {
    if (this.#first === undefined) this.#first = task;
    else this.#last!.next = task;
    this.#last = task;
    if (this.#driven) return;
    this.#driven = true;
    soon(this.#drain);
  };

  readonly #drain = (): void => {
    let left = BUDGET;
    while (left > 0 && this.tryTick()) left--;
    if (left === 0) later(this.#drain);
    else this.#driven = false;
  };
}

/**
 * Polls an executor's tasks on the caller's stack until `source` has come to a value. The
 * event loop stands still meanwhile: tasks may complete what is waited for, I/O, timers and
 * promises cannot.
 *
 * @param executor - where other tasks run meanwhile; one of its own where not given
 * @throws {JoinError} if `source` throws
 * @throws {DeadlockError} if `source` waits and no task is ready that could wake it
 *
 * @example
 * ```ts
 * import { blockOn, yieldNow } from '@concurrency-lab/mini-exec';
 *
 * blockOn(function* () {
 *   yield* yieldNow();
 *   return 'done';
 * }); // => 'done'
 * ```
 */
export function blockOn<T>(source: IntoFuture<T>, executor: Executor = new Executor()): T {
  const task = executor.spawn(source);
  while (!task.isFinished && executor.tryTick());
  if (task.isFinished) return task.poll({ waker: { wake() {} } }) as T;
  task.abort();
  executor.tryTick();
  throw new DeadlockError();
}
