// The errors of locks that the foundation does not have. Each is a misuse or a fault that
// would otherwise be a silent deadlock or corrupted data.

import { ConcurrencyError } from '@concurrency-lab/atomics';

/** Reports the release of a lock that the handle or guard does not hold, or no longer holds. */
export class NotHeldError extends ConcurrencyError {
  override readonly name = 'NotHeldError';
  override readonly code = 'ERR_NOT_HELD';
}

/** Reports a blocking acquisition that could never end: what it waits for can only happen on its own thread. */
export class DeadlockError extends ConcurrencyError {
  override readonly name = 'DeadlockError';
  override readonly code = 'ERR_DEADLOCK';
}

/**
 * Reports a {@link Mutex} whose owner died in the critical section: what it guards may be half
 * written. `mutex.recover()` takes it over.
 */
export class OwnerDiedError extends ConcurrencyError {
  override readonly name = 'OwnerDiedError';
  override readonly code = 'ERR_OWNER_DIED';

  constructor() {
    super(
      'the owner of this Mutex died while it held it, so what the Mutex guards may be half written; ' +
        'recover() takes the Mutex over to repair it',
    );
  }
}

/** Reports a lock that has no room for one more handle or waiter. */
export class CapacityError extends ConcurrencyError {
  override readonly name = 'CapacityError';
  override readonly code = 'ERR_CAPACITY';
}
