// The cooperative budget: how much one poll of a task may do before the others have their
// turn. A coroutine whose futures are always ready, such as a reader of a socket that never
// runs dry, would otherwise keep the thread for itself. Every future that a coroutine waits
// for costs one; when the budget is spent, the task wakes itself and returns Pending.
//
// Source: the coop budget of Tokio.

import type { Context } from './core/future.ts';

/** So many futures can a coroutine get values from in one poll of its task. */
const BUDGET = 128;

let left = BUDGET;

/** Gives the next task a full budget; the executor calls it before each poll. */
export function refill(): void {
  left = BUDGET;
}

/** Takes one from the budget; without any left, has the task polled again later and returns false. */
export function mayGoOn(cx: Context): boolean {
  if (left-- > 0) return true;
  cx.waker.wake();
  return false;
}
