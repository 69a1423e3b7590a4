// The executor: tasks that are ready wait in line, and are polled one after the other. It
// polls nothing that was not woken. A task that is joined by the very poll that spawned it,
// while no other is ready, would be the next anyway: it is polled there and then, which saves
// both a turn of the queue, and counts for the budget of its joiner.
//
// Two drivers share this one core:
//
// - the event loop: the first task that gets ready asks for a turn, which polls until no
//   task is ready, or BUDGET times, and then lets I/O and timers have theirs;
// - blockOn(): polls on the caller's stack until one future has come to a value, and parks
//   the thread while no task is ready.

import { TaskArena } from '../arena.ts';
import { refill } from '../coop.ts';
import { DeadlockError, ShutdownError } from '../errors.ts';
import { onEventLoop } from '../event-loop.ts';
import type { ExecutorOptions } from '../options.ts';
import { PanicPolicy } from '../panic.ts';
import { type Parker, threadParker } from '../park-thread.ts';
import { coroutine, type IntoFuture } from '../coroutine.ts';
import { type JoinHandle, type Scheduler, Task } from './task.ts';

/** So many polls make a turn, before the event loop has its own. */
const BUDGET = 1024;
/** While tasks stay ready, blockOn looks for timers and wake-ups after so many polls. */
const INTERVAL = 61;
/** So many polls may go on within another, which bounds the stack. */
const NESTING = 32;

const NONE = 0;
const UNDER_WAY = 1;
const HAS_SPAWNED = 2;

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
export class Executor implements Scheduler, Disposable {
  /** The ready queue, first in, first out: linked through the tasks, so that queueing allocates nothing. */
  #first: Task<unknown> | undefined;
  #last: Task<unknown> | undefined;
  /** Tells whether a poll is under way, and whether it has spawned: a task that is alone in the queue then is that one. */
  #poll = NONE;
  /** Counts the polls that go on within others. */
  #nested = 0;
  #isShutDown = false;
  readonly #arena: TaskArena;
  readonly #askForTurn: () => void;
  /** Is told of the tasks that threw; only tasks and `blockOn` use it. */
  readonly panics: PanicPolicy;

  constructor(options: ExecutorOptions = {}) {
    this.#arena = new TaskArena(options.capacity);
    this.#askForTurn = (options.driver ?? onEventLoop)(() => this.turn());
    this.panics = new PanicPolicy(options, () => this.shutdown());
  }

  /** Counts the tasks that were spawned and have not finished. */
  get liveTasks(): number {
    return this.#arena.size;
  }

  /**
   * Spawns a task, to be polled for the first time after those that are ready now, or when the
   * coroutine that has just spawned it waits for it. Never blocks.
   *
   * @param options - `name` is what errors and the console call the task
   * @throws {ArenaFullError} when as many tasks live as may
   * @throws {ShutdownError} after {@link Executor.shutdown}
   */
  spawn<T>(source: IntoFuture<T>, options?: { readonly name?: string }): JoinHandle<T> {
    if (this.#isShutDown) throw new ShutdownError();
    this.#arena.requireRoom();
    const task = new Task(coroutine(source), this, options?.name);
    this.#arena.add(task);
    task.wake();
    if (this.#poll !== NONE) this.#poll = HAS_SPAWNED;
    return task;
  }

  /** Polls the task that has been ready longest, and tells whether there was one. */
  tryTick(): boolean {
    const task = this.#first;
    if (task === undefined) return false;
    this.#first = task.next;
    task.next = undefined;
    refill();
    if (!task.isFinished) this.#run(task);
    return true;
  }

  #run(task: Task<unknown>): void {
    this.#poll = UNDER_WAY;
    if (task.run()) this.#arena.remove(task);
    this.#poll = NONE;
  }

  /** Polls tasks until none is ready, but not more often than 1024 times, and tells whether some still are. */
  turn(): boolean {
    for (let left = BUDGET; left > 0; left--) if (!this.tryTick()) return false;
    return this.#first !== undefined;
  }

  /** Aborts all tasks, to be dropped in the next turn; nothing can be spawned any more. */
  shutdown(): void {
    this.#isShutDown = true;
    this.#arena.abort();
  }

  [Symbol.dispose](): void {
    this.shutdown();
  }

  /** Puts a task at the end of the ready queue; only tasks call it. */
  enqueue(task: Task<unknown>): void {
    const last = this.#last;
    this.#last = task;
    if (this.#first !== undefined) last!.next = task;
    else {
      this.#first = task;
      this.#askForTurn();
    }
  }

  /** Polls a task at once, if the poll under way has spawned it and no other is ready; only tasks call it. */
  runNewest(task: Task<unknown>): void {
    if (this.#poll !== HAS_SPAWNED || this.#first !== task || this.#last !== task || this.#nested >= NESTING) return;
    this.#first = undefined;
    this.#nested++;
    this.#run(task);
    this.#poll = UNDER_WAY;
    this.#nested--;
  }
}

/**
 * Polls an executor's tasks on the caller's stack until `source` has come to a value. While no
 * task is ready it blocks the thread, until a timer is due or another thread wakes a task.
 * The event loop stands still meanwhile: promises and `node:net` wake nobody.
 *
 * @param executor - where other tasks run meanwhile; one of its own where not given
 * @param parker - what to sleep in: a reactor that owns the thread, for example
 * @throws {JoinError} if `source` throws, or another task whose error nobody joins
 * @throws {DeadlockError} if `source` waits and nothing is left that could wake it
 * @throws {BlockingForbiddenError} if it would have to wait on a thread that may not block
 *
 * @example
 * ```ts
 * import { blockOn, yieldNow } from '@concurrency-lab/mini-exec';
 * import { sleep } from '@concurrency-lab/mini-exec/time';
 *
 * blockOn(function* () {
 *   yield* yieldNow();
 *   yield* sleep(5);
 *   return 'done';
 * }); // => 'done'
 * ```
 */
export function blockOn<T>(
  source: IntoFuture<T>,
  executor: Executor = new Executor(),
  parker: Parker = threadParker,
): T {
  const task = executor.spawn(source);
  for (let polls = 1; !task.isFinished; polls++) {
    const ticked = executor.tryTick();
    if (ticked && polls % INTERVAL !== 0) continue;
    if (!ticked) executor.panics.throwUnjoined();
    if (parker.park(ticked ? 0 : Infinity) || ticked) continue;
    task.abort();
    executor.tryTick();
    throw new DeadlockError();
  }
  return task.poll({ waker: { wake() {} } }) as T;
}
