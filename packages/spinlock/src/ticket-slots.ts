// The slots of a TicketLock: where each lies, and what its word means. Slots are used in rounds.
// A slot's word says up to which round its tickets have had their turn, and, in two flags, what
// became of the ticket that waits for the next round:
//
//   r << 2 ──1──▶ r << 2 | PARKED ──2──▶ (r + 1) << 2
//   r << 2 ──3──▶ (r + 1) << 2
//   r << 2 ──4──▶ r << 2 | GONE ──5──▶ (r + 1) << 2
//   r << 2 | PARKED ──6──▶ r << 2
//
//   1 the ticket sleeps    2, 3, 5 its turn is granted: 2 wakes it, 5 grants the next one its turn
//   6, 4 the ticket is given up: first it sleeps no more, then it is gone, or put back
//
// Tickets wrap at 2^32, and rounds with them. Zeroed memory means: nobody waits, and ticket 0
// has its turn.

import {
  CACHE_LINE_BYTES,
  defineLayout,
  type Handle,
  HEADER_FIELDS,
  InvalidHandleError,
  type Layout,
} from '@concurrency-lab/atomics';
import { CapacityError, DeadlockError } from './errors.ts';
import type { LockOptions } from './lock.ts';

/** Where the words of a ticket lock lie. */
export const LAYOUT: Layout<keyof typeof HEADER_FIELDS | 'next' | 'slots'> = defineLayout({
  ...HEADER_FIELDS,
  next: { kind: 'int32', isolated: true }, // the ticket that is drawn next
  slots: { kind: 'int32', isolated: true }, // the first of them; each has a cache line
});

/** Names a {@link TicketLock} to another thread. */
export type TicketLockHandle = Handle<'ticket-lock'>;

/** Holds the options with which a {@link TicketLock} is created. */
export interface TicketLockOptions extends LockOptions {
  /** How many may wait at once, a power of two from 1 to 65,536; 64 where not given. */
  readonly capacity?: number | undefined;
}

/** The ticket that waits sleeps. */
export const PARKED = 1;
/** The ticket that waits was given up. */
export const GONE = 2;
/** The bits of the round. */
export const ROUND: number = ~(PARKED | GONE);

const FLAG_BITS = 2;
const NEXT = LAYOUT.index.next;
const FIRST = LAYOUT.index.slots;
const SLOT_SHIFT = Math.log2(CACHE_LINE_BYTES / 4);

/** Tells whether a ticket lock can have so many slots. */
export function isCapacity(capacity: number): boolean {
  return Number.isInteger(capacity) && capacity >= 1 && capacity <= 2 ** 16 && (capacity & (capacity - 1)) === 0;
}

/** Counts the bytes of a ticket lock with so many slots. */
export function bytesFor(capacity: number): number {
  return LAYOUT.byteOffset.slots + capacity * CACHE_LINE_BYTES;
}

/** Computes the slot of a ticket and the words that it may hold, and says there what becomes of the ticket. */
export class TicketSlots {
  readonly capacity: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #roundShift: number;
  readonly #roundMask: number;

  constructor(words: Int32Array<SharedArrayBuffer>, byteLength: number) {
    this.#words = words;
    this.capacity = (byteLength - LAYOUT.byteOffset.slots) / CACHE_LINE_BYTES;
    if (!isCapacity(this.capacity)) throw new InvalidHandleError(`a ticket-lock cannot have ${this.capacity} slots`);
    this.#roundShift = Math.log2(this.capacity);
    this.#roundMask = -1 >>> this.#roundShift;
  }

  /** Gives the index of a ticket's slot. */
  slotOf(ticket: number): number {
    return FIRST + ((ticket & (this.capacity - 1)) << SLOT_SHIFT);
  }

  /** Gives the word of a ticket's slot once the ticket has its turn. */
  roundOf(ticket: number): number {
    return ((((ticket - 1) >>> this.#roundShift) + 1) & this.#roundMask) << FLAG_BITS;
  }

  /** Gives the word of a ticket's slot while the ticket sleeps. */
  parkedOf(ticket: number): number {
    return this.roundOf(ticket - this.capacity) | PARKED;
  }

  /** Says in the slot of a ticket that it sleeps, unless it has its turn; tells whether it is to sleep. */
  mark(ticket: number): boolean {
    const parked = this.parkedOf(ticket);
    // ORDERING(T5): asks T4 for a wake-up; or observes T4.
    const found = Atomics.compareExchange(this.#words, this.slotOf(ticket), parked & ROUND, parked);
    return (found & ROUND) === (parked & ROUND);
  }

  /** Gives a ticket up, unless it has its turn; tells whether it has not. */
  giveUp(ticket: number): boolean {
    const words = this.#words;
    const slot = this.slotOf(ticket);
    const parked = this.parkedOf(ticket);
    const waiting = parked & ROUND;
    // ORDERING(T7): takes back what T5 said; or observes T4.
    const found = Atomics.compareExchange(words, slot, parked, waiting);
    if ((found & ROUND) !== waiting) return false;
    const after = (ticket + 1) | 0;
    // ORDERING(T8): puts the ticket back, if it is the last.
    if (Atomics.compareExchange(words, NEXT, after, ticket) === after) return true;
    // ORDERING(T9): tells T4 to pass the ticket over; or observes T4.
    return Atomics.compareExchange(words, slot, waiting, waiting | GONE) === waiting;
  }
}

/** Builds the error of who would be one too many. */
export function noRoom(capacity: number): CapacityError {
  return new CapacityError(
    `this TicketLock has room for ${capacity} that wait or have given up; create it with a greater capacity`,
  );
}

/** Builds the error of a blocking acquisition behind tasks of the same thread. */
export function tasksFirst(): DeadlockError {
  return new DeadlockError(
    'tasks of this thread wait for the TicketLock, and cannot take their turn, which comes first, ' +
      'while lock() blocks the thread; use lockAsync()',
  );
}
