// A point in time after which a wait gives up. Every waiting loop needs one: it may be
// woken for nothing, and must then wait for the rest of its time, not for all of it again.

import { requireTimeout } from './arguments.ts';

/**
 * Holds the time at which a wait gives up.
 *
 * @example
 * ```ts
 * import { Deadline } from '@concurrency-lab/atomics';
 *
 * Deadline.after(undefined).left; // => Infinity
 * Deadline.after(0).left; // => 0
 * Deadline.after(1000).left <= 1000; // => true
 * ```
 */
export class Deadline {
  readonly #end: number;

  private constructor(end: number) {
    this.#end = end;
  }

  /**
   * Sets a deadline `timeout` milliseconds from now; none where it is undefined or Infinity.
   *
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   */
  static after(timeout: number | undefined): Deadline {
    const wait = requireTimeout(timeout);
    return new Deadline(wait === Infinity ? Infinity : performance.now() + wait);
  }

  /** Gives the milliseconds left: 0 once it has passed, Infinity where there is none. */
  get left(): number {
    return this.#end === Infinity ? Infinity : Math.max(0, this.#end - performance.now());
  }
}
