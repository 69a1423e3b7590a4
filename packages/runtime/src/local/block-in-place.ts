// A task that is about to block, and cannot be moved to the blocking pool.

import { currentWorker } from '../current.ts';

/**
 * Calls a function that blocks, on this thread, and returns what it returns. Before that, the tasks that wait in this worker's queue are
 * given to the threads of the blocking pool, so that none waits for the function to end.
 *
 * Tasks that have begun on this worker stay: they, timers and I/O stand still until the function returns, and so do tasks whose
 * arguments wait here, since they cannot lie in shared memory. What other
 * threads spawn meanwhile is for the other workers; where there are none, it waits too. Prefer {@link spawnBlocking},
 * which holds up nobody. On a thread that is no worker, and in the blocking pool, it only calls the function.
 *
 * Source: `block_in_place` of Tokio, which starts another worker in place of this one.
 *
 * @throws what the function throws
 *
 * @example
 * ```ts
 * import { blockInPlace, isRuntimeWorker, Runtime, task } from '@concurrency-lab/runtime';
 *
 * export const rest = task(import.meta, 'rest', () =>
 *   blockInPlace(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)),
 * );
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(1).build();
 *   await rt.spawn(rest); // => 'timed-out'
 *   await rt.shutdown();
 * }
 * ```
 */
export function blockInPlace<T>(fn: () => T): T {
  currentWorker()?.handOver();
  return fn();
}
