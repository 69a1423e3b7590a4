// Parking: a thread sleeps on an int32 word until another thread changes the word and wakes
// it. The protocol is the futex's. The sleeper names the value it last saw, and sleeps only
// while the word still holds it; that value must mean that a wake-up is still to come. The
// waker changes the word first and wakes second. No wake-up is lost between the sleeper's
// check and its sleep: `Atomics.wait` compares and enqueues in one critical section, which
// `Atomics.notify` enters too.
//
// A return of 'ok' is a hint, not a message: an abort elsewhere wakes every sleeper of the
// word (park-async.ts says why). So look at the word again, and park in a loop.

import { describe } from './arguments.ts';
import { Deadline } from './deadline.ts';
import { InvalidArgumentError } from './errors.ts';
import { requireBlocking } from './platform.ts';
import { type Cancellation, isCancellation, throwIfAborted } from './signal.ts';

/** Says how a wait ended; the words are those of `Atomics.wait`. */
export type ParkResult = 'ok' | 'not-equal' | 'timed-out';

/** Holds what every waiting operation of the workspace accepts. */
export interface WaitOptions {
  /** Gives up after this many milliseconds, 0 to Infinity; Infinity where not given. */
  readonly timeout?: number | undefined;
  /**
   * Gives up when aborted or cancelled. A blocked thread runs no event, so an `AbortSignal`
   * counts only at the start of a blocking wait; a {@link CancelToken} ends it at any time.
   */
  readonly signal?: AbortSignal | Cancellation | undefined;
}

// A thread can sleep on one word only, and a token lives in another. So a cancellable sleep
// is cut into slices, each twice as long as the one before, with a look at the token between
// them. A wake-up that falls between two slices finds the word changed, or holding the
// expected value again, which by the protocol means that another wake-up is to come.
const FIRST_SLICE_MS = 1;
const LAST_SLICE_MS = 32;

/**
 * Blocks this thread while `words[index]` holds `expected`, until {@link unpark}.
 *
 * A cancelled token ends the wait at most 32 ms late. Everything written before the
 * `unpark` that ends the wait happens before the return.
 *
 * @returns `'ok'` when woken (perhaps for nothing: look at the word again), `'not-equal'`
 * when the word held something else, `'timed-out'` after `timeout`
 * @throws {BlockingForbiddenError} where {@link canBlock} is false
 * @throws {CancelledError} when the token is cancelled
 * @throws {InvalidArgumentError} on a timeout that is negative or NaN, or a signal that is none
 * @throws the reason of an `AbortSignal` that is aborted at the start
 *
 * @example
 * ```ts
 * import { park } from '@concurrency-lab/atomics';
 *
 * const words = new Int32Array(new SharedArrayBuffer(4));
 * park(words, 0, 1); // => 'not-equal'
 * park(words, 0, 0, { timeout: 1 }); // => 'timed-out'
 * ```
 */
export function park(
  words: Int32Array<SharedArrayBuffer>,
  index: number,
  expected: number,
  options?: WaitOptions,
): ParkResult {
  requireBlocking('park()', 'parkAsync()');
  // ORDERING(K1): compares and sleeps in one critical section with K2, and observes what K2 publishes.
  if (options === undefined) return Atomics.wait(words, index, expected);
  const { signal } = options;
  const deadline = Deadline.after(options.timeout);
  const token = signal !== undefined && isCancellation(signal) ? signal : undefined;
  if (token === undefined) {
    throwIfAborted(signal);
    return Atomics.wait(words, index, expected, deadline.left); // K1
  }
  for (let slice = FIRST_SLICE_MS; ; slice = Math.min(slice * 2, LAST_SLICE_MS)) {
    token.throwIfCancelled();
    const left = deadline.left;
    const result = Atomics.wait(words, index, expected, Math.min(slice, left)); // K1
    if (result !== 'timed-out' || left <= slice) return result;
  }
}

/**
 * Wakes threads and promises that wait on `words[index]`; change the word first.
 *
 * Costs about as much as three atomic operations even when nobody waits: keep a sign of
 * waiters in the word, and skip the call without one.
 *
 * @param count - how many to wake at most, the longest waiting first; all where not given
 * @returns how many were woken, not counting those that poll because their engine has no
 * `Atomics.waitAsync`
 * @throws {InvalidArgumentError} on a count that is negative or no number
 *
 * @example
 * ```ts
 * import { unpark } from '@concurrency-lab/atomics';
 *
 * const words = new Int32Array(new SharedArrayBuffer(4));
 * Atomics.store(words, 0, 1);
 * unpark(words, 0); // => 0
 * ```
 */
export function unpark(words: Int32Array<SharedArrayBuffer>, index: number, count: number = Infinity): number {
  if (typeof count !== 'number' || !(count >= 0))
    throw new InvalidArgumentError(`count must be a number from 0 to Infinity, not ${describe(count)}`);
  // ORDERING(K2): publishes everything before it to the K1 and K3 that it wakes.
  return Atomics.notify(words, index, count);
}
