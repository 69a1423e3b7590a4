// The waits of one side that do not block: first come, first served, however many are begun
// before the first is over. One loop parks for all of them; a wait that gives up leaves the
// line, and the last one to leave ends the loop.

import { abortSignalOf, Backoff, Deadline, parkAsync, TimeoutError, type WaitOptions } from '@concurrency-lab/atomics';
import type { Cursor } from './cursor.ts';
import { POLL_MS, requireLive } from './waiting.ts';

// Timers take no more, and fire at once where they are asked to: 24.8 days.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Waiter {
  /** Does what is waited for, where it can be done; false where it cannot yet. */
  readonly attempt: () => boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  /** Takes back the timer and the listener. */
  dismiss: () => void;
}

/** Holds those who wait for one side without blocking. */
export class WaitingLine {
  readonly #cursor: Cursor;
  readonly #waiters: Waiter[] = [];
  #isServing = false;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** Tells whether somebody waits: who comes now must wait too. */
  get isEmpty(): boolean {
    return this.#waiters.length === 0;
  }

  /**
   * Waits until `attempt` has succeeded; rejects with what it throws, after the timeout with a
   * {@link TimeoutError}, and with the signal's reason.
   */
  async enter(attempt: () => boolean, operation: string, options: WaitOptions | undefined): Promise<void> {
    requireLive(options);
    const deadline = Deadline.after(options?.timeout);
    if (this.isEmpty && attempt()) return;
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { attempt, resolve, reject, dismiss() {} };
      this.#waiters.push(waiter);
      if (options !== undefined) this.#limit(waiter, operation, deadline, options);
      if (!this.#isServing) void this.#serve();
    });
  }

  /** Lets those who wait look again, since this thread has changed something. */
  wake(): void {
    if (!this.isEmpty) this.#cursor.wakeOwn();
  }

  #limit(waiter: Waiter, operation: string, deadline: Deadline, options: WaitOptions): void {
    const signal = abortSignalOf(options.signal);
    const abort = (): void => this.#giveUp(waiter, signal!.reason);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const expire = (): void => {
      if (deadline.left > 0) sleep();
      else this.#giveUp(waiter, new TimeoutError(`${operation}Async()`, options.timeout!));
    };
    const sleep = (): void => {
      timer = setTimeout(expire, Math.min(deadline.left, LONGEST_TIMER_MS));
    };
    if (deadline.left < Infinity) sleep();
    signal?.addEventListener('abort', abort, { once: true });
    waiter.dismiss = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  }

  #giveUp(waiter: Waiter, reason: unknown): void {
    const place = this.#waiters.indexOf(waiter);
    if (place < 0) return;
    this.#waiters.splice(place, 1);
    waiter.dismiss();
    waiter.reject(reason);
    if (this.isEmpty) this.#cursor.wakeOwn();
  }

  async #serve(): Promise<void> {
    const cursor = this.#cursor;
    this.#isServing = true;
    // Where there is no waitAsync a park looks at the word, and is not woken by who leaves.
    const timeout = cursor.isRealtime || typeof Atomics.waitAsync !== 'function' ? POLL_MS : Infinity;
    let spun = 0;
    const backoff = new Backoff();
    for (;;) {
      while (!this.isEmpty && this.#serveFirst()) spun = 0;
      if (this.isEmpty) break;
      if (spun < cursor.spins) {
        backoff.spin();
        spun++;
        continue;
      }
      const expected = cursor.isRealtime ? cursor.seen : cursor.announce();
      if (expected === undefined) continue;
      await parkAsync(cursor.words, cursor.otherWord, expected, { timeout });
    }
    this.#isServing = false;
  }

  /** Serves who is first in line; false where there is nothing yet to be done. */
  #serveFirst(): boolean {
    const waiter = this.#waiters[0]!;
    try {
      if (!waiter.attempt()) return false;
      this.#waiters.shift();
      waiter.dismiss();
      waiter.resolve();
    } catch (error) {
      this.#waiters.shift();
      waiter.dismiss();
      waiter.reject(error);
    }
    return true;
  }
}
