// The error of this package; the others are those of @concurrency-lab/atomics.

import { ConcurrencyError } from '@concurrency-lab/atomics';

/**
 * Reports that a side of a ring is already somebody's: a ring has one producer and one consumer.
 *
 * @example
 * ```ts
 * import { Producer, SpscRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer] = SpscRing.create({ kind: 'int32', capacity: 4 });
 * Producer.from(producer.handle); // as another thread does
 * producer.push(1); // throws 'the producer of this ring is already open'
 * ```
 */
export class SideTakenError extends ConcurrencyError {
  override readonly name = 'SideTakenError';
  override readonly code = 'ERR_SIDE_TAKEN';

  /** Builds the message from the side, `'producer'` or `'consumer'`. */
  constructor(side: string) {
    super(
      `the ${side} of this ring is already open, here or on another thread; ` +
        `where that thread has ended, open it with { takeOver: true }`,
    );
  }
}
