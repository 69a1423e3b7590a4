// spawnBlocking() within a task; on the thread that built the runtime it is a method of that.

import { requireWorker } from './current.ts';
import type { JoinHandle } from './join-handle.ts';
import type { Task } from './tasks/task.ts';

/**
 * Spawns a task from within a task, on the blocking pool of the same runtime: see
 * {@link Runtime.spawnBlocking}. Where all of the runtime's `maxTasks` are in use, it runs on this worker, as what `spawn`
 * is given does.
 *
 * @throws {NoRuntimeError} on a thread that is no worker of a runtime
 * @throws {InvalidArgumentError} on anything but a task, and on arguments that cannot be sent
 *
 * @example
 * ```ts
 * import { isRuntimeWorker, Runtime, spawnBlocking, task } from '@concurrency-lab/runtime';
 *
 * export const rest = task(import.meta, 'rest', (milliseconds: number) => {
 *   Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
 *   return 'rested';
 * });
 * export const delegate = task(import.meta, 'delegate', async () => await spawnBlocking(rest, 5));
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(1).build();
 *   await rt.spawn(delegate); // => 'rested'
 *   await rt.shutdown();
 * }
 * ```
 */
export function spawnBlocking<Args extends readonly unknown[], Result>(
  task: Task<Args, Result>,
  ...args: Args
): JoinHandle<Result> {
  return requireWorker('spawnBlocking()').spawnBlocking(task, args);
}
