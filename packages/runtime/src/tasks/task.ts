// A task is a function that every thread can find: by the module that defines it and its name
// there. A function itself cannot be sent; where it was defined can. A worker imports the module,
// which runs the same definition there.
//
// Bundlers give a module another URL in each bundle, so a worker that was bundled is given its
// tasks instead (load-task.ts), and finds them by name alone.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { SendableFunction, Outcome } from './sendable.ts';

declare const RESULT: unique symbol;

/** Marks tasks, by name, so that two copies of this package know each other's. */
const TASK: unique symbol = Symbol.for('@concurrency-lab/runtime.task') as never;

/** Tells how a task runs: at once, as an async function, as a coroutine of mini-exec, or as a machine. */
export type TaskKind = 'sync' | 'async' | 'coroutine' | 'machine';

/** Is a function that can be spawned on any thread; called, it runs here, as any function does. */
export interface Task<Args extends readonly unknown[] = never, Result = unknown, Returned = unknown> {
  (...args: Args): Returned;
  /** Gives the URL of the module that defines it. */
  readonly url: string;
  /** Gives its name, one of a kind in its module. */
  readonly taskName: string;
  readonly kind: TaskKind;
  /** Holds the function itself. */
  readonly body: (...args: Args) => Returned;
  /** Exists for the types only: what the task comes to. */
  readonly [RESULT]?: Result;
}

/** The names that each module has defined, by the object `import.meta`, which each evaluation has of its own. */
const names = new WeakMap<object, Set<string>>();
/** The tasks of this thread, by URL and name. */
const defined = new Map<string, Task>();

const MOST_UNITS = 256;

/**
 * Defines a task: a function that other threads can run, because they find it by module and name.
 * Define tasks at the top level of a module, and give each the name it is exported by.
 *
 * Arguments and result cross threads as by structured clone; the types refuse what cannot. A sync
 * function occupies its worker until it returns. An async function, or a generator function whose
 * `yield*` waits for futures of mini-exec, leaves the worker to others while it waits.
 *
 * @param meta - `import.meta` of the module
 * @param name - one of a kind in the module, 1 to 256 units; and in the whole program, where it is bundled
 * @throws {InvalidArgumentError} on anything but `import.meta`, a name that the module has used, or an async generator
 *
 * @example
 * ```ts
 * import { task } from '@concurrency-lab/runtime';
 *
 * export const add = task(import.meta, 'add', (a: number, b: number) => a + b);
 * add(1, 2); // => 3
 * add.kind; // => 'sync'
 * ```
 */
export function task<const Args extends readonly unknown[], Returned>(
  meta: { readonly url: string },
  name: string,
  fn: ((...args: Args) => Returned) & SendableFunction<Args, Returned>,
): Task<Args, Outcome<Returned>, Returned> {
  const body = fn as (...args: Args) => Returned;
  return defineTask(meta, name, body, kindOf(body, name));
}

/** Defines a task of a kind that is known. */
export function defineTask<const Args extends readonly unknown[], Result, Returned>(
  meta: { readonly url: string },
  name: string,
  body: (...args: Args) => Returned,
  kind: TaskKind,
): Task<Args, Result, Returned> {
  const url = requireUrl(meta);
  if (typeof name !== 'string' || name.length === 0 || name.length > MOST_UNITS || name.includes('\n')) {
    throw new InvalidArgumentError(
      `a task's name must be a string of 1 to ${MOST_UNITS} units on one line, not ${describe(name)}`,
    );
  }
  claimName(meta, name);
  const callable = (...args: Args): Returned => body(...args);
  const made = Object.defineProperties(callable, {
    name: { value: name },
    url: { value: url, enumerable: true },
    taskName: { value: name, enumerable: true },
    kind: { value: kind, enumerable: true },
    body: { value: body },
    [TASK]: { value: true },
  }) as unknown as Task<Args, Result, Returned>;
  defined.set(keyOf(url, name), made);
  return made;
}

function requireUrl(meta: { readonly url: string }): string {
  const url: unknown = (meta as { url?: unknown } | null | undefined)?.url;
  if (typeof url === 'string' && url !== '') return url;
  throw new InvalidArgumentError(
    `the first argument of task() must be import.meta, with the module's URL, not ${describe(meta)}`,
  );
}

function kindOf(body: unknown, name: string): TaskKind {
  if (typeof body !== 'function') {
    throw new InvalidArgumentError(`the task ${describe(name)} must be a function, not ${describe(body)}`);
  }
  switch (Object.prototype.toString.call(body)) {
    case '[object AsyncFunction]':
      return 'async';
    case '[object GeneratorFunction]':
      return 'coroutine';
    case '[object AsyncGeneratorFunction]':
      throw new InvalidArgumentError(
        `the task ${describe(name)} is an async generator; write an async function, or a generator function that ` +
          'waits with yield*',
      );
    default:
      return 'sync';
  }
}

function claimName(meta: object, name: string): void {
  const used = names.get(meta) ?? new Set();
  if (used.has(name)) throw new InvalidArgumentError(`this module defines the task ${describe(name)} twice`);
  names.set(meta, used.add(name));
}

function keyOf(url: string, name: string): string {
  return `${url}#${name}`;
}

/** Tells whether a value is a task, of this copy of the package or another. */
export function isTask(value: unknown): value is Task {
  return typeof value === 'function' && TASK in value;
}

/**
 * Returns the value if it is a task.
 *
 * @throws {InvalidArgumentError} on anything else
 */
export function requireTask(value: unknown): Task {
  if (isTask(value)) return value;
  throw new InvalidArgumentError(
    `only a task can be spawned on another thread, not ${describe(value)}: define it with task(import.meta, 'name', fn)`,
  );
}

/** Gives the task that was defined on this thread under that URL and name. */
export function definedTask(url: string, name: string): Task | undefined {
  return defined.get(keyOf(url, name));
}
