// One direction of a socket, as a reactor sees it: a task that finds it not ready leaves its
// waker here; the event that makes it ready wakes the task, which then tries again.

import { type Context, Future, Pending, type Poll, type Waker } from '../core/future.ts';
import { BusyError } from './errors.ts';

/** Is what the directions of all sockets of a driver share. */
export interface Driver {
  /** Wakes a task whose direction has become ready. */
  wake(waker: Waker): void;
  /** Counts the directions for which a task waits; they keep it. */
  waiting: number;
}

/** Holds the waker of the one task that waits. */
export class Readiness {
  readonly #driver: Driver;
  #waker: Waker | undefined = undefined;
  /** Is the future with which the task waits. */
  #future: Future<unknown> | undefined = undefined;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  /** Leaves the waker to the next event. */
  wait(cx: Context, future: Future<unknown>): typeof Pending {
    if (this.#waker === undefined) this.#driver.waiting++;
    else if (this.#waker !== cx.waker && this.#future !== future) {
      throw new BusyError('another task waits for the same direction of this socket');
    }
    this.#waker = cx.waker;
    this.#future = future;
    return Pending;
  }

  /** Wakes the task that waits, if one does. */
  notify(): void {
    const waker = this.#forget();
    if (waker !== undefined) this.#driver.wake(waker);
  }

  /** Forgets the task that waited with this future; one that waits with another goes on waiting. */
  cancel(future: Future<unknown>): void {
    if (this.#future === future) this.#forget();
  }

  #forget(): Waker | undefined {
    const waker = this.#waker;
    if (waker === undefined) return undefined;
    this.#waker = undefined;
    this.#future = undefined;
    this.#driver.waiting--;
    return waker;
  }
}

/** Tries an operation at each poll; while that gives Pending, the task waits for `readiness`. */
export class Attempt<T> extends Future<T> {
  readonly #readiness: Readiness;
  readonly #attempt: () => Poll<T>;

  constructor(readiness: Readiness, attempt: () => Poll<T>) {
    super();
    this.#readiness = readiness;
    this.#attempt = attempt;
  }

  override poll(cx: Context): Poll<T> {
    const polled = this.#attempt();
    return polled === Pending ? this.#readiness.wait(cx, this) : polled;
  }

  override drop(): void {
    this.#readiness.cancel(this);
  }
}
