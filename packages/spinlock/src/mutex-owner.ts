// Who may own a mutex, and what happens when an owner dies. Every handle has a number, drawn from
// a counter when it is opened; the mutex's word says whose it is. A loan is a number that is
// drawn for somebody else, a worker, so that another thread can say on its behalf that it died.
// JavaScript tells nobody but the parent that a worker has ended; so the parent must say it.

import { describe, type Handle, InvalidHandleError } from '@concurrency-lab/atomics';
import { CapacityError } from './errors.ts';
import { DIED, LAYOUT, MOST_OWNERS, OWNER } from './mutex-word.ts';

const STATE = LAYOUT.index.state;
const OWNERS = LAYOUT.index.owners;

/** Names a {@link Mutex} to another thread. */
export interface MutexHandle extends Handle<'mutex'> {
  /** The number of the borrower, in the handle of a {@link MutexLoan}. */
  readonly owner?: number;
}

/** Stands for a mutex lent to a worker that may die: see {@link Mutex.lend}. */
export interface MutexLoan {
  /** Names the mutex to the worker; for one `Mutex.from` on one thread. */
  readonly handle: MutexHandle;
  /**
   * Declares the worker dead; call it when the worker has exited, not before. Never waits.
   *
   * If it held the mutex, everybody who waits for it or asks for it gets an
   * {@link OwnerDiedError}, until somebody calls {@link Mutex.recover}. If it had been woken to
   * take the mutex, another one is woken in its place.
   *
   * @returns whether it held the mutex
   */
  revoke(): boolean;
}

/** Draws the number of a new handle. */
export function nextOwner(words: Int32Array<SharedArrayBuffer>): number {
  for (;;) {
    // ORDERING(M11): numbers are only to be different; synchronises with nothing.
    const given = Atomics.load(words, OWNERS);
    if (given >= MOST_OWNERS) throw new CapacityError(`a Mutex can be opened and lent ${MOST_OWNERS} times, no more`);
    const found = Atomics.compareExchange(words, OWNERS, given, given + 1); // M11
    if (found === given) return given + 1;
  }
}

/** Checks the number in the handle of a loan. */
export function requireLent(words: Int32Array<SharedArrayBuffer>, owner: unknown): number {
  const given = Atomics.load(words, OWNERS); // M11
  if (Number.isInteger(owner) && (owner as number) >= 1 && (owner as number) <= given) return owner as number;
  throw new InvalidHandleError(
    `the owner of a lent Mutex must be an integer from 1 to ${given}, not ${describe(owner)}`,
  );
}

/** Declares the owner of that number dead: see {@link MutexLoan.revoke}. */
export function revoke(words: Int32Array<SharedArrayBuffer>, owner: number): boolean {
  // ORDERING(M7): observes nothing, since the word keeps its owner until the owner or M8 changes it.
  if ((Atomics.load(words, STATE) & OWNER) !== owner) {
    // ORDERING(M9): wakes another sleeper instead of the dead one, which may have been woken, or
    // have released the mutex without waking anybody yet.
    Atomics.notify(words, STATE, 1);
    return false;
  }
  // ORDERING(M8): publishes what the dead thread wrote, which has ended, to M5 and M10.
  Atomics.store(words, STATE, DIED);
  Atomics.notify(words, STATE); // M9: all, since nobody will release the mutex
  return true;
}
