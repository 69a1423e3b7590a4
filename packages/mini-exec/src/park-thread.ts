// What blockOn does while no task is ready: it wakes the tasks whose timers are due and those
// that other threads have called, and sleeps while there are none. Where it sleeps is the
// parker's affair: on a word of the inbox, or in a reactor's system call.

import { requireBlocking } from '@concurrency-lab/atomics';
import { threadInbox } from './inbox/inbox.ts';
import { threadTimers } from './time/timers.ts';

/** Is where a thread without an event loop waits. */
export interface Parker {
  /**
   * Wakes the tasks that can go on, after having blocked the thread until there are some, but
   * not for longer than `timeout` milliseconds: 0 looks and does not block.
   *
   * @returns false, without having blocked, if nothing is left that could wake a task
   */
  park(timeout: number): boolean;
}

/** Is what a {@link parker} sleeps in. */
export interface Bed {
  /** Tells whether something else than timers and other threads may wake a task. */
  readonly isAwaited: boolean;
  /** Sleeps until something happens, at most `timeout` milliseconds; 0 only looks. */
  sleep(timeout: number): void;
}

const WORD: Bed = {
  isAwaited: false,
  sleep(timeout) {
    if (timeout === 0) return;
    requireBlocking('blockOn()', 'executor.spawn() and await its handle');
    threadInbox().sleep(timeout);
  },
};

/** Makes a parker that also serves this thread's timers and inbox. */
export function parker(bed: Bed): Parker {
  return {
    park(timeout) {
      const inbox = threadInbox();
      const timers = threadTimers();
      const delay = timers.untilNext();
      if (delay === Infinity && inbox.shared === 0 && !bed.isAwaited) return false;
      bed.sleep(Math.min(timeout, delay));
      timers.fire();
      inbox.take();
      return true;
    },
  };
}

/** Sleeps on a word of shared memory. */
export const threadParker: Parker = parker(WORD);
