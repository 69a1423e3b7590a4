// A future that somebody else finishes: what joining a task, and waiting for a promise, have in
// common. It keeps the outcome, and whether a poll has seen it.

import { type Context, Future, Pending, type Poll } from './core/future.ts';
import { wakeAll, type Wakers, withWaker } from './wakers.ts';

const WAITING = 0;
const SUCCEEDED = 1;
const FAILED = 2;
const OBSERVED = 4;

/** Is a future that somebody else finishes, once: a joined task, a promise, an event. */
export class Completion<T> extends Future<T> {
  /** Those that wait. */
  wakers: Wakers = undefined;
  private state = WAITING;
  private outcome: unknown = undefined;

  /** Tells whether the outcome is there, so that a poll returns or throws it. */
  get isFinished(): boolean {
    return this.state !== WAITING;
  }

  /** Tells whether a poll has returned or thrown the outcome. */
  get isObserved(): boolean {
    return this.state >= OBSERVED;
  }

  override poll(cx: Context): Poll<T> {
    if (this.state === WAITING) {
      this.wakers = withWaker(this.wakers, cx.waker);
      return Pending;
    }
    this.state |= OBSERVED;
    if ((this.state & FAILED) !== 0) throw this.outcome;
    return this.outcome as T;
  }

  /** Finishes with a value, or with what polls are to throw. */
  finish(outcome: unknown, failed = false): void {
    this.state = failed ? FAILED : SUCCEEDED;
    this.outcome = outcome;
    wakeAll(this.wakers);
    this.wakers = undefined;
  }
}
