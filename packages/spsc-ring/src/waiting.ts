// Waiting until a side may go on: spin for a while, then park on the other side's word.
//
//   look: nothing --> announce (R5: PARKED into the other's word) --> park on exactly that value
//
// No wake-up is lost: the other's next publication (R3) either comes before R5, which then
// fails, or finds PARKED and wakes; a park whose word has changed meanwhile does not sleep.
// Where the ring is realtime nobody announces, and nobody is woken: waits look every millisecond.

import {
  Backoff,
  Deadline,
  park,
  requireBlocking,
  requireTimeout,
  throwIfAborted,
  TimeoutError,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import type { Cursor } from './cursor.ts';

/** How long a wait on a realtime ring sleeps between two looks. */
export const POLL_MS = 1;

/**
 * Blocks until the side may go on.
 *
 * @returns false where it never will: the ring is closed
 * @throws {BlockingForbiddenError} where this thread may not block
 * @throws {TimeoutError} after the timeout
 * @throws the reason of a signal that is aborted at the start, {@link CancelledError} of a token
 */
export function waitFor(cursor: Cursor, operation: string, options: WaitOptions | undefined): boolean {
  requireBlocking(`${operation}()`, `${operation}Async()`);
  requireLive(options);
  const deadline = Deadline.after(options?.timeout);
  let spun = 0;
  let backoff: Backoff | undefined;
  while (!cursor.look()) {
    if (cursor.hasEnded) return false;
    if (spun < cursor.spins) {
      backoff ??= new Backoff();
      backoff.spin();
      spun++;
      continue;
    }
    const { left } = deadline;
    if (left === 0) throw new TimeoutError(`${operation}()`, options!.timeout!);
    sleep(cursor, left, options);
  }
  return true;
}

function sleep(cursor: Cursor, left: number, options: WaitOptions | undefined): void {
  const expected = cursor.isRealtime ? cursor.seen : cursor.announce();
  if (expected === undefined) return;
  const timeout = cursor.isRealtime ? Math.min(POLL_MS, left) : left;
  park(cursor.words, cursor.otherWord, expected, { timeout, signal: options?.signal });
}

/** Throws on options that are none, and where the wait is cancelled before it begins. */
export function requireLive(options: WaitOptions | undefined): void {
  if (options === undefined) return;
  requireTimeout(options.timeout);
  throwIfAborted(options.signal);
}
