// Who can spawn: the runtime on the thread that built it, and on its workers `spawn`. What is
// built above takes either.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { JoinHandle } from '../join-handle.ts';
import type { Task } from '../tasks/task.ts';

/** Spawns tasks: a {@link Runtime}, or `{ spawn }` within a task. */
export interface Spawning {
  /** Spawns a task. */
  spawn<Args extends readonly unknown[], Result>(task: Task<Args, Result>, ...args: Args): JoinHandle<Result>;
}

/** Returns what spawns tasks, and throws on anything else. */
export function requireSpawning<Given extends Spawning>(value: Given): Given {
  if (typeof (value as Partial<Spawning> | null | undefined)?.spawn === 'function') return value;
  throw new InvalidArgumentError(
    `tasks are spawned by a runtime, or in a task by { spawn }, not by ${describe(value)}`,
  );
}
