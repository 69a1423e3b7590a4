// The seam between the executor and whoever watches it. While nobody does, `trace.sink` is
// undefined, and each event costs one load and one comparison.

import type { Context } from '../core/future.ts';
import type { Scheduler, Task } from '../core/task.ts';
import type { JoinError } from '../errors.ts';

/** Is told what happens to tasks, as it happens; must not throw. */
export interface TaskSink {
  /** Is told of a new task, which is woken for the first time right after. */
  spawned(task: Task<unknown>, scheduler: Scheduler): void;
  /** Is told of every wake-up, also of a task that is scheduled already or has finished. */
  woken(task: Task<unknown>): void;
  /** Is told that a poll begins, and may give another context to poll with. */
  polling(task: Task<unknown>): Context;
  /** Is told that a task threw, before it is finished. */
  panicked(task: Task<unknown>, error: JoinError): void;
  /** Is told that a poll or a cancellation is over, and whether it was the last (`task.isFinished`). */
  ran(task: Task<unknown>): void;
}

/** Holds the one sink of this thread. */
export const trace: { sink: TaskSink | undefined } = { sink: undefined };
