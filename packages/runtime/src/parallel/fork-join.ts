// Several different tasks at once, and all of their values.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { JoinHandle } from '../join-handle.ts';
import type { Task } from '../tasks/task.ts';
import { joinInOrder } from './join-in-order.ts';
import { requireSpawning, type Spawning } from './spawning.ts';

/** Is a task with its arguments, to be spawned later. */
export interface Call<Result> {
  /** Spawns it. */
  spawnOn(runtime: Spawning): JoinHandle<Result>;
}

/**
 * Puts a task together with its arguments, for {@link forkJoin}.
 *
 * @example
 * ```ts
 * import { call, task } from '@concurrency-lab/runtime';
 *
 * export const add = task(import.meta, 'add', (a: number, b: number) => a + b);
 * const later = call(add, 1, 2);
 * typeof later.spawnOn; // => 'function'
 * ```
 */
export function call<Args extends readonly unknown[], Result>(task: Task<Args, Result>, ...args: Args): Call<Result> {
  return { spawnOn: (runtime) => runtime.spawn(task, ...args) };
}

/**
 * Spawns several tasks and waits for all of them; returns their values in the order of the calls.
 * The first that fails ends the others, which are aborted.
 *
 * @param runtime - the runtime; within a task, `{ spawn }`
 * @throws {InvalidArgumentError} on what spawns no tasks, and on anything but calls
 * @throws what the first failing task throws
 *
 * @example
 * ```ts
 * import { call, forkJoin, spawn, task } from '@concurrency-lab/runtime';
 *
 * export const fib = task(import.meta, 'fib', async (n: number): Promise<number> => {
 *   if (n < 2) return n;
 *   const [a, b] = await forkJoin({ spawn }, call(fib, n - 1), call(fib, n - 2));
 *   return a + b;
 * });
 * await fib(1); // => 1
 * ```
 */
export async function forkJoin<Results extends readonly unknown[]>(
  runtime: Spawning,
  ...calls: { readonly [Key in keyof Results]: Call<Results[Key]> }
): Promise<Results> {
  requireSpawning(runtime);
  for (const given of calls as readonly unknown[]) {
    if (typeof (given as Partial<Call<unknown>> | null | undefined)?.spawnOn === 'function') continue;
    throw new InvalidArgumentError(`forkJoin needs calls, as call(task, ...args) makes them, not ${describe(given)}`);
  }
  const values = await joinInOrder<unknown>({
    count: calls.length,
    atOnce: calls.length,
    signal: undefined,
    start: (index) => (calls[index] as Call<unknown>).spawnOn(runtime),
  });
  return values as unknown as Results;
}
