// Machines: tasks that can change their worker between any two polls. Whatever a machine knows
// is in its frame, a record of plain values that fits the 96 bytes of a slot. A worker that
// polls it reads the frame, calls `poll`, and writes the frame back if that came to nothing.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { Pending, Poll } from '@concurrency-lab/mini-exec';
import type { Sendable, SendableFunction } from '../tasks/sendable.ts';
import { defineTask, type Task } from '../tasks/task.ts';
import type { MachineContext } from './context.ts';
import type { MachineSteps, StepsContext } from './steps.ts';

/** Keeps a machine's program with its task, by name, so that two copies of this package know each other's. */
const PROGRAM: unique symbol = Symbol.for('@concurrency-lab/runtime.machine') as never;

/** Describes a machine: what it remembers, and what it does next. */
export interface MachineProgram<Frame extends object, Args extends readonly unknown[], Returned> {
  /** Gives the fields, and the values that each run begins with. */
  readonly frame: Frame & { readonly [Key in keyof Frame]: Sendable<Frame[Key]> };
  /** Puts the arguments into the frame, before the first poll. */
  begin?(frame: Frame, ...args: Args): void;
  /**
   * Goes on as far as it can without waiting, and returns the result, or `Pending` after having
   * arranged with `cx` to be polled again. May be polled for nothing, on any worker.
   */
  poll(frame: Frame, cx: MachineContext): Returned | typeof Pending;
  /** Does the same on the calling thread, where the task is called as a function; refused where not given. */
  run?(...args: Args): unknown;
}

/** Is a program whose types nobody needs any more. */
export interface AnyProgram {
  readonly fields: readonly string[];
  newFrame(): Record<string, unknown>;
  begin(frame: object, ...args: unknown[]): void;
  poll(frame: object, cx: MachineContext): Poll<unknown>;
}

/**
 * Defines a task that any worker may go on with after it has waited: a machine. Between two polls
 * nothing of it is left on any thread; a worker that is lost meanwhile does it no harm.
 *
 * The frame takes plain data, at most 96 bytes in all: up to 12 numbers, where all are numbers;
 * otherwise the bytes of the fields as structured clone would have them. What cannot be sent, or
 * takes more, fails the task at the poll that left it there. A promise, a callback or a socket
 * stays on its thread, and so can be used within a poll, but not be waited for.
 *
 * @param meta - `import.meta` of the module
 * @param name - one of a kind in the module, as that of `task()`
 * @throws {InvalidArgumentError} on a program without `frame` and `poll`, and as `task()` does
 *
 * @example
 * ```ts
 * import { isRuntimeWorker, machine, Runtime } from '@concurrency-lab/runtime';
 *
 * export const sumTo = machine(import.meta, 'sumTo', {
 *   frame: { n: 0, i: 0, sum: 0 },
 *   begin(frame, n: number) {
 *     frame.n = n;
 *   },
 *   poll(frame, cx) {
 *     while (frame.i < frame.n) {
 *       frame.sum += ++frame.i;
 *       if (frame.i % 1000 === 0) return cx.yieldNow(); // and maybe go on elsewhere
 *     }
 *     return frame.sum;
 *   },
 * });
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(2).build();
 *   await rt.spawn(sumTo, 5000); // => 12502500
 *   await rt.shutdown();
 * }
 * ```
 */
export function machine<Frame extends object, const Args extends readonly unknown[], Returned>(
  meta: { readonly url: string },
  name: string,
  program: MachineProgram<Frame, Args, Returned>,
): Task<Args, Exclude<Returned, typeof Pending>>;
/**
 * Defines a machine by a generator function, which a build step makes into one as above: see
 * `@concurrency-lab/runtime/compiler`. What lives across a wait is the frame, with one or two numbers besides.
 *
 * @throws {InvalidArgumentError} where the build step has not seen it
 *
 * @example
 * ```ts
 * import { isRuntimeWorker, machine, Runtime } from '@concurrency-lab/runtime';
 *
 * export const countDown = machine(import.meta, 'countDown', function* (cx, from: number) {
 *   let waits = 0;
 *   for (let left = from; left > 0; left--) {
 *     yield* cx.yieldNow(); // and maybe go on elsewhere
 *     waits++;
 *   }
 *   return waits;
 * });
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(2).build();
 *   await rt.spawn(countDown, 5); // => 5
 *   await rt.shutdown();
 * }
 * ```
 */
export function machine<const Args extends readonly unknown[], Result>(
  meta: { readonly url: string },
  name: string,
  steps: ((cx: StepsContext, ...args: Args) => MachineSteps<Result>) & SendableSteps<Args, Result>,
): Task<Args, Result>;
export function machine(
  meta: { readonly url: string },
  name: string,
  program: MachineProgram<object, readonly unknown[], unknown> | ((...args: never) => unknown),
): Task {
  if (typeof program === 'function') throw uncompiled(name);
  const value = requireProgram(name, program);
  const run = (...args: readonly unknown[]): unknown => {
    if (program.run !== undefined) return program.run(...args);
    throw new InvalidArgumentError(`the machine ${describe(name)} can only be spawned; give it run() to be called too`);
  };
  return Object.defineProperty(defineTask(meta, name, run, 'machine'), PROGRAM, { value });
}

/** Is `unknown` where arguments and result can cross threads. */
type SendableSteps<Args extends readonly unknown[], Result> =
  unknown extends SendableFunction<Args, Result> ? unknown : SendableFunction<[cx: never, ...Args], Result>;

function uncompiled(name: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `the machine ${describe(name)} is a function that was not compiled, and so could not leave its thread: have the build ` +
      'compile it with @concurrency-lab/runtime/compiler (a plugin for Vite, Rollup and esbuild, and the command ' +
      'compile-machines), or define it by { frame, begin, poll }',
  );
}

function requireProgram(name: string, what: unknown): AnyProgram {
  const { frame, begin, poll } = (what ?? {}) as { frame?: unknown; begin?: unknown; poll?: unknown };
  const isFrame = typeof frame === 'object' && frame !== null && !Array.isArray(frame);
  if (!isFrame || typeof poll !== 'function' || (begin !== undefined && typeof begin !== 'function')) {
    throw new InvalidArgumentError(
      `the machine ${describe(name)} must be { frame, begin?, poll }, not ${describe(what)}`,
    );
  }
  const program = what as MachineProgram<object, unknown[], unknown>;
  const isFlat = Object.values(frame).every((value) => typeof value !== 'object' || value === null);
  return {
    fields: Object.keys(frame),
    newFrame: isFlat ? () => ({ ...frame }) : () => structuredClone(frame) as Record<string, unknown>,
    begin: (values, ...args) => program.begin?.(values, ...args),
    poll: (values, cx) => program.poll(values, cx),
  };
}

/** Gives the program of a task of the kind `'machine'`. */
export function programOf(made: Task): AnyProgram {
  return (made as unknown as { readonly [PROGRAM]: AnyProgram })[PROGRAM];
}

/**
 * Refuses a machine where a thread would wait for it.
 *
 * @throws {InvalidArgumentError} on a machine
 */
export function requireNoMachine(made: Task): Task {
  if (made.kind !== 'machine') return made;
  throw new InvalidArgumentError(
    `the machine ${describe(made.taskName)} waits on no thread, and cannot be given to spawnBlocking(); spawn it, ` +
      'and have it join a task that blocks',
  );
}
