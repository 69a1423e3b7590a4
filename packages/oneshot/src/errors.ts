// The errors that only channels have.

import { ConcurrencyError } from '@concurrency-lab/atomics';

/** Reports the use of a half that was given to another thread by its handle. */
export class MovedError extends ConcurrencyError {
  override readonly name = 'MovedError';
  override readonly code = 'ERR_MOVED';

  /** Builds the message from the operation and the half it was called on. */
  constructor(operation: string, half: 'sender' | 'receiver') {
    super(`${operation}: this ${half} was given away by its handle; use the one opened from it`);
  }
}

/** Reports an arena without a free slot; the message says how many there are, and what to do. */
export class ExhaustedError extends ConcurrencyError {
  override readonly name = 'ExhaustedError';
  override readonly code = 'ERR_EXHAUSTED';
}

/** Reports a wait that could never end, because only this very thread could end it. */
export class DeadlockError extends ConcurrencyError {
  override readonly name = 'DeadlockError';
  override readonly code = 'ERR_DEADLOCK';
}
