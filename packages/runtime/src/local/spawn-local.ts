// Closures as tasks: what cannot be sent can still be a task on the thread that it is on.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import {
  type Context,
  type Coroutine,
  coroutine,
  Executor,
  fromPromise,
  Future,
  type JoinHandle,
  Pending,
  type Poll,
} from '@concurrency-lab/mini-exec';
import { currentWorker } from '../current.ts';
import type { Outcome } from '../tasks/sendable.ts';
import { callFresh, pollFresh } from './context.ts';

/** Joins a task of {@link spawnLocal}: both a future and a promise. Its `name` may be missing. */
export type LocalJoinHandle<T> = JoinHandle<T>;

let executor: Executor | undefined;

/** Counts the local tasks of this thread that have not ended. */
export function liveLocalTasks(): number {
  return executor === undefined ? 0 : executor.liveTasks;
}

/**
 * Spawns a closure, a coroutine or a future on this thread, where it shares all that it closes
 * over: as a task of a worker, or on the thread that built the runtime. It begins after what runs now
 * has come to its end or waits.
 *
 * An error is in the handle alone. A worker goes on serving its local tasks after the task that spawned them has
 * ended; they end with the worker, when the runtime shuts down or the worker is lost.
 *
 * Source: `spawn_local` of Tokio.
 *
 * @param source - a function, which may be async or a generator function; a coroutine; or a future
 * @returns the handle of mini-exec: `await` it, `yield*` it, `abort()` it
 * @throws {InvalidArgumentError} on anything else
 *
 * @example
 * ```ts
 * import { spawnLocal } from '@concurrency-lab/runtime';
 *
 * const seen: string[] = [];
 * const handle = spawnLocal(async () => {
 *   seen.push('spawned');
 *   return seen.length;
 * });
 * seen.push('first');
 * await handle; // => 2
 * seen; // => ['first', 'spawned']
 * ```
 */
export function spawnLocal<T>(source: Future<T> | Coroutine<T>): LocalJoinHandle<T>;
/**
 * Spawns a function on this thread: an async one, a generator function, or one that returns its value. All that is
 * said of a future holds for it.
 */
export function spawnLocal<Returned>(source: () => Returned): LocalJoinHandle<Outcome<Returned>>;
export function spawnLocal(source: unknown): LocalJoinHandle<unknown> {
  const future = pollFresh(new Stirring(futureOf(source)));
  executor ??= new Executor({ unhandledPanic: 'ignore' });
  return typeof source === 'function' && source.name !== ''
    ? executor.spawn(future, { name: source.name })
    : executor.spawn(future);
}

function futureOf(source: unknown): Future<unknown> {
  if (typeof source === 'function') return coroutine(call(source as () => unknown));
  if (isFuture(source)) return coroutine(source);
  throw new InvalidArgumentError(`a local task must be a function, a coroutine or a future, not ${describe(source)}`);
}

function isFuture(value: unknown): value is Future<unknown> | Coroutine<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof Future || Object.prototype.toString.call(value) === '[object Generator]';
}

function* call(fn: () => unknown): Coroutine<unknown> {
  const result = callFresh(fn, []);
  if (isFuture(result)) return yield* coroutine(result);
  const isPromise = typeof (result as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
  return isPromise ? yield* fromPromise(result as PromiseLike<unknown>) : result;
}

/** Has the worker look what to do when a local task has ended: until then, it only listens. */
class Stirring extends Future<unknown> {
  readonly #future: Future<unknown>;

  constructor(future: Future<unknown>) {
    super();
    this.#future = future;
  }

  override poll(cx: Context): Poll<unknown> {
    let isOver = true;
    try {
      const polled = this.#future.poll(cx);
      isOver = polled !== Pending;
      return polled;
    } finally {
      if (isOver) currentWorker()?.stir();
    }
  }

  override drop(): void {
    try {
      this.#future.drop();
    } finally {
      currentWorker()?.stir();
    }
  }
}
