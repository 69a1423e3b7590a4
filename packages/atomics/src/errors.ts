// The error classes that every package of the workspace throws. Each carries a `code`
// that survives minification and crosses threads as plain text; `name` is the class's.
// Errors are created at the throw, never shared, so that a stack belongs to one failure.

/**
 * Groups the errors of this workspace, so that one `instanceof` tells them from others.
 *
 * @example
 * ```ts
 * import { CancelToken, ConcurrencyError } from '@concurrency-lab/atomics';
 *
 * try {
 *   CancelToken.at(new SharedArrayBuffer(4), 0);
 * } catch (error) {
 *   error instanceof ConcurrencyError && error.code; // => 'ERR_INVALID_REGION'
 * }
 * ```
 */
export abstract class ConcurrencyError extends Error {
  /** Tells what went wrong, as a constant that begins with `ERR_`. */
  abstract readonly code: string;
}

/** Reports a thread that may not block: a page's main thread, a service worker, an AudioWorklet. */
export class BlockingForbiddenError extends ConcurrencyError {
  override readonly name = 'BlockingForbiddenError';
  override readonly code = 'ERR_BLOCKING_FORBIDDEN';

  /** Builds the message from the blocking call and the form to use instead. */
  constructor(operation: string, instead: string) {
    super(`${operation} would block this thread, which is not allowed to block; use ${instead} here`);
  }
}

/** Reports work that was given up because its {@link CancelToken} was cancelled. */
export class CancelledError extends ConcurrencyError {
  override readonly name = 'CancelledError';
  override readonly code = 'ERR_CANCELLED';

  constructor(message = 'the operation was cancelled') {
    super(message);
  }
}

/** Reports a channel, ring or lock that was closed, so that what was asked for can no longer happen. */
export class ClosedError extends ConcurrencyError {
  override readonly name = 'ClosedError';
  override readonly code = 'ERR_CLOSED';
}

/** Reports an argument of the wrong type or out of range; the message names the value and what is accepted. */
export class InvalidArgumentError extends ConcurrencyError {
  override readonly name = 'InvalidArgumentError';
  override readonly code = 'ERR_INVALID_ARGUMENT';
}

/** Reports something that is not a handle, or one that another package, version or memory made. */
export class InvalidHandleError extends ConcurrencyError {
  override readonly name = 'InvalidHandleError';
  override readonly code = 'ERR_INVALID_HANDLE';
}

/** Reports memory that cannot hold a structure: wrong buffer, misaligned, too short, or already in use. */
export class InvalidRegionError extends ConcurrencyError {
  override readonly name = 'InvalidRegionError';
  override readonly code = 'ERR_INVALID_REGION';
}

/** Reports a wait that was given up because its timeout had passed; nothing was changed by it. */
export class TimeoutError extends ConcurrencyError {
  override readonly name = 'TimeoutError';
  override readonly code = 'ERR_TIMEOUT';

  /** Builds the message from the operation and its timeout in milliseconds. */
  constructor(operation: string, timeout: number) {
    super(`${operation} was given up after its timeout of ${timeout} ms`);
  }
}

/** Reports a platform that lacks what an operation needs; the message says what and how to get it. */
export class UnsupportedPlatformError extends ConcurrencyError {
  override readonly name = 'UnsupportedPlatformError';
  override readonly code = 'ERR_UNSUPPORTED_PLATFORM';
}
