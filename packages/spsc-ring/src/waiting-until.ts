// Blocking until something has succeeded that may need more of the ring than its next slot: the
// counterpart of a waiting line (waiting-line.ts) for threads that may block. The protocol is
// that of waiting.ts.

import { Backoff, Deadline, park, requireBlocking, TimeoutError, type WaitOptions } from '@concurrency-lab/atomics';
import type { Cursor } from './cursor.ts';
import { POLL_MS, requireLive } from './waiting.ts';

/**
 * Blocks until `attempt` returns true; it must look at the ring each time, and throw where it
 * never will.
 *
 * @throws {BlockingForbiddenError} where this thread may not block
 * @throws {TimeoutError} after the timeout
 * @throws the reason of a signal that is aborted at the start, {@link CancelledError} of a token
 */
export function waitUntil(
  cursor: Cursor,
  attempt: () => boolean,
  operation: string,
  options: WaitOptions | undefined,
): void {
  requireLive(options);
  if (attempt()) return;
  requireBlocking(`${operation}()`, `${operation}Async()`);
  const deadline = Deadline.after(options?.timeout);
  const backoff = new Backoff();
  for (let spun = 0; spun < cursor.spins; spun++) {
    backoff.spin();
    if (attempt()) return;
  }
  while (!attempt()) {
    const { left } = deadline;
    if (left === 0) throw new TimeoutError(`${operation}()`, options!.timeout!);
    const expected = cursor.isRealtime ? cursor.seen : cursor.announce();
    if (expected === undefined) continue;
    const timeout = cursor.isRealtime ? Math.min(POLL_MS, left) : left;
    park(cursor.words, cursor.otherWord, expected, { timeout, signal: options?.signal });
  }
}
