// The runtime that this thread works for, and the task that it runs.

import { type Cancellation, requireInteger } from '@concurrency-lab/atomics';
import { NoRuntimeError } from './errors.ts';
import type { JoinHandle } from './join-handle.ts';
import type { MachineWakerHandle } from './machines/context.ts';
import type { RuntimeMemory } from './scheduler/memory.ts';
import type { Task } from './tasks/task.ts';

/** Is what a worker offers to its tasks. */
export interface CurrentWorker {
  spawn<Args extends readonly unknown[], Result>(task: Task<Args, Result>, args: Args): JoinHandle<Result>;
  spawnBlocking<Args extends readonly unknown[], Result>(task: Task<Args, Result>, args: Args): JoinHandle<Result>;
  /** Gives the tasks that wait on this worker to others, before it blocks. */
  handOver(): void;
  /** Calls back after others have run. */
  stepAside(goOn: () => void): void;
  /** Has the worker look for tasks, if it waits. */
  stir(): void;
  readonly memory: RuntimeMemory;
  wakeMachine(slot: number): void;
  /** The cancellation of the task that is on the stack. */
  readonly cancellation: Cancellation | undefined;
}

let current: CurrentWorker | undefined;

/** Makes this thread a worker's. */
export function setCurrent(worker: CurrentWorker): void {
  current = worker;
}

/** Gives the worker that this thread is, if it is one. */
export function currentWorker(): CurrentWorker | undefined {
  return current;
}

/** Gives the worker that this thread is; `operation` names who asks, for the error where it is none. */
export function requireWorker(operation: string): CurrentWorker {
  if (current === undefined) throw new NoRuntimeError(operation);
  return current;
}

/**
 * Spawns a task from within a task, on the same runtime. It runs next on this worker, unless
 * another worker that has nothing to do takes it.
 *
 * @throws {NoRuntimeError} on a thread that is no worker of a runtime
 * @throws {InvalidArgumentError} on anything but a task, and on arguments that cannot be sent
 *
 * @example
 * ```ts
 * import { isRuntimeWorker, Runtime, spawn, task } from '@concurrency-lab/runtime';
 *
 * export const half = task(import.meta, 'half', (n: number) => n / 2);
 * export const quarter = task(import.meta, 'quarter', async (n: number) => spawn(half, await spawn(half, n)));
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(1).build();
 *   await rt.spawn(quarter, 12); // => 3
 *   await rt.shutdown();
 * }
 * ```
 */
export function spawn<Args extends readonly unknown[], Result>(
  task: Task<Args, Result>,
  ...args: Args
): JoinHandle<Result> {
  return requireWorker('spawn()').spawn(task, args);
}

/**
 * Gives the cancellation of the task that runs: it tells a synchronous loop, as soon as
 * somebody aborts the task, that it is to end. Ask for it before the task waits for the first
 * time. Undefined where no task runs.
 *
 * @example
 * ```ts
 * import { cancellation, task } from '@concurrency-lab/runtime';
 *
 * export const search = task(import.meta, 'search', (from: number) => {
 *   const token = cancellation();
 *   for (let n = from; ; n++) {
 *     token?.throwIfCancelled();
 *     if (n % 1_000_003 === 0) return n;
 *   }
 * });
 * search(1); // => 1000003
 * ```
 */
export function cancellation(): Cancellation | undefined {
  return current?.cancellation;
}

/**
 * Wakes a machine from within a task of the same runtime, on any worker: it is polled again. A
 * handle of a machine that has ended may wake another one, for nothing.
 *
 * @param handle - the `handle` of the machine's `cx.waker`
 * @throws {NoRuntimeError} on a thread that is no worker of a runtime
 * @throws {InvalidArgumentError} on anything but such a handle
 */
export function wakeMachine(handle: MachineWakerHandle): void {
  const worker = requireWorker('wakeMachine()');
  worker.wakeMachine(requireInteger('the handle of a machine', handle, 0, worker.memory.slots - 1));
}
