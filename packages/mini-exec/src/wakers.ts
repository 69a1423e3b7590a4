// The tasks that wait for one thing. Nearly always there is none or one, which needs no list.

import type { Waker } from './core/future.ts';

/** Is what keeps wakers: none, one, or a list. */
export type Wakers = Waker | Waker[] | undefined;

/** Adds a waker, unless it is there. */
export function withWaker(wakers: Wakers, waker: Waker): Wakers {
  if (wakers === undefined || wakers === waker) return waker;
  if (!Array.isArray(wakers)) return [wakers, waker];
  if (!wakers.includes(waker)) wakers.push(waker);
  return wakers;
}

/** Wakes them all, the first added first. */
export function wakeAll(wakers: Wakers): void {
  if (Array.isArray(wakers)) for (const waker of wakers) waker.wake();
  else wakers?.wake();
}
