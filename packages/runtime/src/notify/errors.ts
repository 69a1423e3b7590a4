// What can go wrong in waiting for a notification, as an error class.

import { ConcurrencyError } from '@concurrency-lab/atomics';

/** Reports that as many wait for one Notify as can. */
export class WaitersExhaustedError extends ConcurrencyError {
  override readonly name = 'WaitersExhaustedError';
  override readonly code = 'ERR_WAITERS_EXHAUSTED';

  constructor(most: number) {
    super(`${most} wait for this Notify already, and no more can`);
  }
}
