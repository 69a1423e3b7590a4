// Waiting for time to pass.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import { type Context, Future, Pending, type Poll, type Waker } from '../core/future.ts';
import { threadTimers } from './timers.ts';
import type { Entry } from './wheel.ts';

/** The longest sleep: 24.8 days, as of the host's timers. */
const LONGEST_MS = 2 ** 31 - 1;

/** Returns a number of milliseconds that can be slept, and throws on any other value. */
export function requireMilliseconds(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && value >= least && value <= LONGEST_MS) return value;
  throw new InvalidArgumentError(
    `${name} must be a number of milliseconds from ${least} to ${LONGEST_MS}, not ${describe(value)}`,
  );
}

/**
 * Waits for a number of milliseconds from the first poll on. It ends no earlier, and mostly
 * within a millisecond; it keeps the event loop alive. Dropping it takes constant time.
 *
 * @param milliseconds - from 0 to 2147483647 (24.8 days)
 * @throws {InvalidArgumentError} on any other number
 *
 * @example
 * ```ts
 * import { Executor } from '@concurrency-lab/mini-exec';
 * import { sleep } from '@concurrency-lab/mini-exec/time';
 *
 * const log: string[] = [];
 * const executor = new Executor();
 * function* timer(name: string, milliseconds: number) {
 *   log.push(`${name} starts`);
 *   yield* sleep(milliseconds);
 *   log.push(`${name} done`);
 * }
 * await executor.spawn(function* () {
 *   const first = executor.spawn(timer('one', 1000));
 *   const second = executor.spawn(timer('two', 50));
 *   yield* first;
 *   yield* second;
 * });
 * log; // => ['one starts', 'two starts', 'two done', 'one done']
 * ```
 */
export function sleep(milliseconds: number): Future<void> {
  return new Sleep(requireMilliseconds('milliseconds', milliseconds, 0), NOT_BEGUN);
}

/**
 * Waits until `performance.now()` has reached a time; returns at once if it has.
 *
 * @param time - in milliseconds, at most 2147483647 from now
 * @throws {InvalidArgumentError} on a time that is NaN or too far ahead
 *
 * @example
 * ```ts
 * import { blockOn } from '@concurrency-lab/mini-exec';
 * import { sleepUntil } from '@concurrency-lab/mini-exec/time';
 *
 * const time = performance.now() + 10;
 * blockOn(sleepUntil(time));
 * performance.now() >= time; // => true
 * ```
 */
export function sleepUntil(time: number): Future<void> {
  requireMilliseconds('the time left', Math.max(0, time - performance.now()), 0);
  return new Sleep(0, Math.ceil(time));
}

const NOT_BEGUN = -1;
const PASSED = -2;

/** Is ready at a time. It is the wheel's entry too, so that a sleep is one object. */
class Sleep extends Future<void> implements Entry {
  tick: number;
  before: Entry | undefined = undefined;
  after: Entry | undefined = undefined;
  private readonly milliseconds: number;
  private waker: Waker | undefined = undefined;

  constructor(milliseconds: number, tick: number) {
    super();
    this.milliseconds = milliseconds;
    this.tick = tick;
  }

  override poll(cx: Context): Poll<void> {
    if (this.tick === PASSED) return undefined;
    if (this.waker === undefined) {
      const now = performance.now();
      if (this.tick === NOT_BEGUN) this.tick = Math.ceil(now + this.milliseconds);
      if (this.milliseconds === 0 && this.tick <= Math.ceil(now)) return undefined;
      threadTimers().add(this);
    }
    this.waker = cx.waker;
    return Pending;
  }

  expire(): void {
    this.tick = PASSED;
    this.waker!.wake();
  }

  override drop(): void {
    if (this.waker !== undefined) threadTimers().remove(this);
  }
}
