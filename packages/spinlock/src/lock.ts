// What the locks of this package have in common: the guard that an acquisition returns, the
// options, and how a handle tells its acquisitions apart.
//
// A handle remembers through which guard the lock is held: none, its one preallocated guard of
// synchronous acquisitions, or the guard of one asynchronous acquisition. It is a number of
// this thread's own, so that a look at it costs no atomic access; and it makes misuse an error,
// since a guard whose number is not the remembered one holds nothing.

import { requireInteger } from '@concurrency-lab/atomics';
import { DeadlockError, NotHeldError } from './errors.ts';

/** Releases a lock that was acquired, once; works with `using`. */
export interface LockGuard extends Disposable {
  /** Tells whether this guard still holds the lock. */
  readonly isHeld: boolean;
  /**
   * Releases the lock. Never waits.
   *
   * @throws {NotHeldError} where this guard no longer holds it
   */
  unlock(): void;
}

/** Holds the options of a handle on a lock; another handle on the same lock may have others. */
export interface LockOptions {
  /**
   * How many rounds a thread spins before it parks, 0 to 64. Rounds last about 30 ns, 60 ns and
   * so on, and 2 µs from the seventh on.
   */
  readonly spins?: number | undefined;
}

/** Numbers of guards: what a handle remembers. */
export const guards = {
  /** No guard of this handle holds the lock. */
  NO_GUARD: 0,
  /** The guard of synchronous acquisitions does; those of asynchronous ones count from here. */
  SYNC_GUARD: 1,
} as const;

/** Checks the option `spins`. */
export function requireSpins(options: LockOptions, byDefault: number): number {
  return options.spins === undefined ? byDefault : requireInteger('spins', options.spins, 0, 64);
}

/** Builds the error of a guard or handle that releases what it does not hold. */
export function notHeld(lock: string, by: 'guard' | 'handle'): NotHeldError {
  return new NotHeldError(
    by === 'guard'
      ? `this guard does not hold its ${lock}: it was released before`
      : `this ${lock} is not held through this handle, so there is nothing to unlock`,
  );
}

/** Builds the error of a blocking acquisition through a handle that holds the lock. */
export function heldHere(lock: string): DeadlockError {
  return new DeadlockError(
    `this handle holds the ${lock} already, so lock() would wait for its own thread; ` +
      'lockAsync() waits for another task of this thread',
  );
}
