// What ends a wait besides its timeout: an AbortSignal of this thread, or a cancellation in
// shared memory. Every wait of the workspace asks here what it was given, so that what is
// neither is refused before anything was done.

import { describe } from './arguments.ts';
import { InvalidArgumentError } from './errors.ts';

/** Cancels a wait from any thread; a {@link CancelToken} is one. */
export interface Cancellation {
  readonly isCancelled: boolean;
  readonly signal: AbortSignal;
  throwIfCancelled(): void;
}

/** Tells a cancellation in shared memory from an AbortSignal, by what each can do: either may be of another realm. */
export function isCancellation(signal: AbortSignal | Cancellation): signal is Cancellation {
  const given = signal as Partial<AbortSignal & Cancellation> | null;
  if (typeof given?.throwIfCancelled === 'function') return true;
  if (typeof given?.throwIfAborted === 'function') return false;
  throw new InvalidArgumentError(`signal must be an AbortSignal or a CancelToken, not ${describe(signal)}`);
}

/**
 * Throws where a signal is aborted, or a token cancelled; does nothing without one.
 *
 * @throws the signal's reason, {@link CancelledError} of a token
 * @throws {InvalidArgumentError} on anything else
 *
 * @example
 * ```ts
 * import { throwIfAborted } from '@concurrency-lab/atomics';
 *
 * throwIfAborted(undefined); // => undefined
 * throwIfAborted(AbortSignal.abort(new Error('not today'))); // throws 'not today'
 * ```
 */
export function throwIfAborted(signal: AbortSignal | Cancellation | undefined): void {
  if (signal === undefined) return;
  if (isCancellation(signal)) signal.throwIfCancelled();
  else signal.throwIfAborted();
}

/**
 * Gives the AbortSignal of this thread to listen to: the signal itself, or the token's own.
 *
 * @throws {InvalidArgumentError} on anything else
 *
 * @example
 * ```ts
 * import { abortSignalOf, CancelToken } from '@concurrency-lab/atomics';
 *
 * using token = CancelToken.create();
 * token.cancel();
 * abortSignalOf(token)?.aborted; // => true
 * ```
 */
export function abortSignalOf(signal: AbortSignal | Cancellation | undefined): AbortSignal | undefined {
  return signal !== undefined && isCancellation(signal) ? signal.signal : signal;
}
