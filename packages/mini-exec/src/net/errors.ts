// What can go wrong with a connection, apart from what the system reports.

import { ConcurrencyError } from '@concurrency-lab/atomics';

/** Reports a second task that waits for a direction of a socket which has room for one. */
export class BusyError extends ConcurrencyError {
  override readonly name = 'BusyError';
  override readonly code = 'ERR_BUSY';
}

/** Reports a use of a connection after this side closed it or shut down its writing. */
export class ClosedError extends ConcurrencyError {
  override readonly name = 'ClosedError';
  override readonly code = 'ERR_CLOSED';
}
