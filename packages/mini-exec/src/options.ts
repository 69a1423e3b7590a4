// How an executor is set up.

import type { PanicOptions } from './panic.ts';

/**
 * Is given a function that polls ready tasks for a while and tells whether some are left, and
 * gives one that the executor calls whenever a task gets ready while none was.
 */
export type Driver = (turn: () => boolean) => () => void;

/** Sets an executor up. */
export interface ExecutorOptions extends PanicOptions {
  /** Most tasks that live at a time, from 1; spawning more throws. No limit where not given. */
  readonly capacity?: number | undefined;
  /** Sees to it that tasks are polled; the event loop does where not given. */
  readonly driver?: Driver | undefined;
}
