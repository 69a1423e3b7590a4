// Values that a task has for itself, however deep in its calls: a request's number, a deadline.

import { ConcurrencyError, describe, InvalidArgumentError, UnsupportedPlatformError } from '@concurrency-lab/atomics';
import { type Coroutine, coroutine, Future } from '@concurrency-lab/mini-exec';
import { threadStorage, type LocalStorage, NO_LOCALS, StackStorage, Within } from './context.ts';

/** Reports that a task-local was read where it has no value. */
export class TaskLocalUnsetError extends ConcurrencyError {
  override readonly name = 'TaskLocalUnsetError';
  override readonly code = 'ERR_TASK_LOCAL_UNSET';
}

/** Holds a value for the time of a scope. See {@link taskLocal}. */
export class TaskLocal<T> {
  /** Names it, in errors. */
  readonly name: string;
  readonly #storage: LocalStorage;

  /** Is called by {@link taskLocal} only. */
  constructor(name: string, storage: LocalStorage) {
    this.name = name;
    this.#storage = storage;
  }

  /**
   * Has the task-local hold `value` for whatever a coroutine, or a future, runs; returns the future to wait for.
   * What the coroutine spawns begins without it.
   */
  scope<R>(value: T, source: Future<R> | (() => Coroutine<R>)): Future<R>;
  /**
   * Calls a function, and has the task-local hold `value` for all that it calls, until it returns; until its promise
   * is settled, where it is async. Returns what it returns. What it spawns begins without it.
   *
   * @throws {UnsupportedPlatformError} on an async function where the platform has no `AsyncLocalStorage`: in browsers
   * @throws {InvalidArgumentError} on anything else
   */
  scope<R>(value: T, source: () => R): R;
  scope(value: T, source: Future<unknown> | (() => unknown)): unknown {
    const storage = this.#storage;
    const context = new Map(storage.getStore() ?? NO_LOCALS).set(this, value);
    if (source instanceof Future) return new Within(storage, context, source);
    if (typeof source !== 'function') {
      throw new InvalidArgumentError(
        `the scope of a task-local must be a function or a future, not ${describe(source)}`,
      );
    }
    if (classOf(source) === 'GeneratorFunction') {
      return new Within(storage, context, coroutine(source as () => Coroutine<unknown>));
    }
    if (!(storage instanceof StackStorage)) return storage.run(context, source);
    if (classOf(source) === 'AsyncFunction') throw cannotFollow(this.name);
    const result = storage.run(context, source);
    if (!(result instanceof Future) && isThenable(result)) {
      Promise.resolve(result).catch(() => {}); // this error comes first
      throw cannotFollow(this.name);
    }
    return result;
  }

  /**
   * Gives the value of the innermost scope that this runs in.
   *
   * @throws {TaskLocalUnsetError} outside of every scope
   */
  get(): T {
    const context = this.#storage.getStore();
    if (context === undefined || !context.has(this)) {
      throw new TaskLocalUnsetError(
        `the task-local ${describe(this.name)} has no value here: read it within its scope(), on the same task`,
      );
    }
    return context.get(this) as T;
  }

  /** Gives the value as {@link TaskLocal.get} does, or undefined outside of every scope. */
  tryGet(): T | undefined {
    return this.#storage.getStore()?.get(this) as T | undefined;
  }
}

function classOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

function cannotFollow(name: string): UnsupportedPlatformError {
  return new UnsupportedPlatformError(
    `the task-local ${describe(name)} cannot follow a promise, since this platform has no AsyncLocalStorage: ` +
      'give scope() a synchronous function, or a generator function that waits with yield*',
  );
}

/**
 * Makes a task-local: `scope` gives it a value for the time of a call, of a coroutine, or of an async
 * function, and all that runs within finds it by `get`. Each task has values of its own, and
 * begins with none. Make it at the top level of a module; each thread has its own.
 *
 * Async functions need a platform with `AsyncLocalStorage`: Node, Bun and Deno. In browsers they are refused;
 * synchronous functions and coroutines are not.
 *
 * Source: `task_local!` of Tokio.
 *
 * @param name - for errors
 * @throws {InvalidArgumentError} on a name that is no string
 *
 * @example
 * ```ts
 * import { taskLocal } from '@concurrency-lab/runtime';
 *
 * const request = taskLocal<number>('request');
 * const log = (text: string) => `${request.get()}: ${text}`;
 * request.scope(7, () => log('begun')); // => '7: begun'
 * await request.scope(8, async () => {
 *   await Promise.resolve();
 *   return log('done');
 * }); // => '8: done'
 * log('nothing'); // throws 'the task-local "request" has no value here'
 * ```
 */
export function taskLocal<T>(name: string): TaskLocal<T> {
  if (typeof name !== 'string') {
    throw new InvalidArgumentError(`the name of a task-local must be a string, not ${describe(name)}`);
  }
  return new TaskLocal<T>(name, threadStorage());
}
