// What a finished task came to, found out without anybody noticing.

import type { Context } from '../core/future.ts';
import type { Task } from '../core/task.ts';
import { JoinError } from '../errors.ts';
import type { TaskOutcome } from './task-record.ts';

const NOBODY: Context = { waker: { wake() {} } };

/** Looks at a finished task; it still counts as not joined afterwards, if it did before. */
export function outcomeOf(task: Task<unknown>): { readonly outcome: TaskOutcome; readonly error: unknown } {
  const { isObserved } = task;
  try {
    task.poll(NOBODY);
    return { outcome: 'value', error: undefined };
  } catch (error) {
    return { outcome: error instanceof JoinError && error.isCancelled ? 'cancelled' : 'panicked', error };
  } finally {
    task.isObserved = isObserved;
  }
}
