// Waiting for the ticks of a period, one after the other, without drift.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { Coroutine } from '../coroutine.ts';
import { requireMilliseconds, sleepUntil } from './sleep.ts';

/**
 * Says what follows a tick that came late, because its task was busy: `'burst'` makes up for
 * the missed ticks at once, `'delay'` counts the period from the late tick on, `'skip'`
 * leaves the missed ones out and keeps to the schedule. After `MissedTickBehavior` of Tokio.
 */
export type MissedTicks = 'burst' | 'delay' | 'skip';

/** Holds what {@link interval} takes. */
export interface IntervalOptions {
  /** What follows a late tick; `'burst'` where not given. */
  readonly missed?: MissedTicks | undefined;
}

/** Counts the ticks of a period. */
export class Interval {
  readonly #period: number;
  readonly #missed: MissedTicks;
  #next: number = performance.now();

  /** Is made by {@link interval}. */
  constructor(period: number, missed: MissedTicks) {
    this.#period = period;
    this.#missed = missed;
  }

  /** Waits for the next tick, and returns the time it was due at, in milliseconds of `performance.now()`. */
  *tick(): Coroutine<number> {
    const due = this.#next;
    yield* sleepUntil(due);
    const now = performance.now();
    const late = Math.floor((now - due) / this.#period);
    if (late === 0 || this.#missed === 'burst') this.#next = due + this.#period;
    else if (this.#missed === 'delay') this.#next = now + this.#period;
    else this.#next = due + this.#period * (late + 1);
    return due;
  }
}

/**
 * Makes ticks, the first of them at once, then one every `period` milliseconds.
 *
 * @param period - milliseconds, more than 0, at most 2147483647
 * @throws {InvalidArgumentError} on another period or behaviour
 *
 * @example
 * ```ts
 * import { blockOn } from '@concurrency-lab/mini-exec';
 * import { interval } from '@concurrency-lab/mini-exec/time';
 *
 * const ticks = interval(5);
 * blockOn(function* () {
 *   const first = yield* ticks.tick();
 *   const second = yield* ticks.tick();
 *   return Math.round(second - first);
 * }); // => 5
 * ```
 */
export function interval(period: number, { missed = 'burst' }: IntervalOptions = {}): Interval {
  if (requireMilliseconds('period', period, 0) === 0) {
    throw new InvalidArgumentError('period must be a number of milliseconds more than 0, not 0');
  }
  if (missed !== 'burst' && missed !== 'delay' && missed !== 'skip') {
    throw new InvalidArgumentError(`missed must be "burst", "delay" or "skip", not ${describe(missed)}`);
  }
  return new Interval(period, missed);
}
