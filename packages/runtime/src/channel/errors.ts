// What can go wrong with channels, beside what the foundation has.

import { ConcurrencyError } from '@concurrency-lab/atomics';

/** Reports that a channel has as many senders as it can. */
export class SendersExhaustedError extends ConcurrencyError {
  override readonly name = 'SendersExhaustedError';
  override readonly code = 'ERR_SENDERS_EXHAUSTED';

  constructor(senders: number) {
    super(
      `all ${senders} senders of this channel are in use; close those that are no longer needed, revoke those whose ` +
        'thread has exited, or create the channel with a greater maxSenders',
    );
  }
}
