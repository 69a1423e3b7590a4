// One direction of a socket, as a reactor sees it: a task that finds it not ready leaves its
// waker here; the event that makes it ready wakes the task, which then tries again.

import { ConcurrencyError } from '@concurrency-lab/atomics';
import { type Context, Future, Pending, type Poll, type Waker } from '../core/future.ts';
import { wakeFromEvent } from '../event-loop.ts';

/** Reports a second task that waits for a direction of a socket which has room for one. */
export class BusyError extends ConcurrencyError {
  override readonly name = 'BusyError';
  override readonly code = 'ERR_BUSY';
}

/** Holds the waker of the one task that waits. */
export class Readiness {
  #waker: Waker | undefined;

  /** Leaves the waker to the next event. */
  wait(cx: Context): typeof Pending {
    if (this.#waker !== undefined && this.#waker !== cx.waker) {
      throw new BusyError('another task waits for the same direction of this socket');
    }
    this.#waker = cx.waker;
    return Pending;
  }

  /** Wakes the task that waits, if one does. */
  notify(): void {
    const waker = this.#waker;
    this.#waker = undefined;
    if (waker !== undefined) wakeFromEvent(waker);
  }

  /** Forgets the task that waited. */
  cancel(): void {
    this.#waker = undefined;
  }
}

/** Tries an operation at each poll, which waits by leaving the waker in `readiness`. */
export class Attempt<T> extends Future<T> {
  readonly #readiness: Readiness;
  readonly #attempt: (cx: Context) => Poll<T>;

  constructor(readiness: Readiness, attempt: (cx: Context) => Poll<T>) {
    super();
    this.#readiness = readiness;
    this.#attempt = attempt;
  }

  override poll(cx: Context): Poll<T> {
    return this.#attempt(cx);
  }

  override drop(): void {
    this.#readiness.cancel();
  }
}
