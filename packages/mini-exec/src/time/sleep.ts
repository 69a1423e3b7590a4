// Waiting for time to pass.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import { Completion, type Context, type Future, type Poll } from '../core/future.ts';
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
 *   const first = executor.spawn(timer('one', 100));
 *   const second = executor.spawn(timer('two', 50));
 *   yield* first;
 *   yield* second;
 * });
 * log; // => ['one starts', 'two starts', 'two done', 'one done']
 * ```
 */
export function sleep(milliseconds: number): Future<void> {
  return new Sleep(requireMilliseconds('milliseconds', milliseconds, 0), true);
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
  return new Sleep(time, false);
}

/** Completes at a time; see the functions above. */
class Sleep extends Completion<void> implements Entry {
  tick = -1;
  before: Entry | undefined = undefined;
  after: Entry | undefined = undefined;
  readonly #time: number;
  readonly #isRelative: boolean;

  constructor(time: number, isRelative: boolean) {
    super();
    this.#time = time;
    this.#isRelative = isRelative;
  }

  override poll(cx: Context): Poll<void> {
    if (this.tick === -1) {
      const now = performance.now();
      const time = this.#isRelative ? now + this.#time : this.#time;
      this.tick = Math.ceil(time);
      if (time <= now) this.succeed();
      else threadTimers().add(this);
    }
    return super.poll(cx);
  }

  expire(): void {
    this.succeed();
  }

  override drop(): void {
    threadTimers().remove(this);
  }
}
