// Who can spawn: the runtime on the thread that built it, and on its workers `spawn`. What is
// built above takes either.

import type { JoinHandle } from '../join-handle.ts';
import type { Task } from '../tasks/task.ts';

/** Spawns tasks: a {@link Runtime}, or `{ spawn }` within a task. */
export interface Spawning {
  /** Spawns a task. */
  spawn<Args extends readonly unknown[], Result>(task: Task<Args, Result>, ...args: Args): JoinHandle<Result>;
}
