// How those who cannot go on at once wait in line: first come, first served. The state word of
// the user (a semaphore, a reader-writer lock) has the line in its upper bits:
//
//   waiting (15 bits) | PASSING | INSIDE | what the user keeps there (15 bits)
//
//                   1 join            2 leave, none waits
//   nobody: 0 ──────────────▶ INSIDE ────────────────────▶ 0
//                              │  ▲                        ▲
//      3 leave, others wait    ▼  │ 4 one that was woken   │
//                            PASSING ──────────────────────┘
//                                     5 the last one gives up
//
// The one INSIDE is the first in line. It alone watches the state, and sleeps on that word,
// alone: so a wake-up there goes to the one call that may go on. All others sleep on `turn`.
// PASSING means that the place inside is free, but for those who slept: a newcomer joins the
// line instead of overtaking. Who waits has asked for the turn before it joined; who leaves
// counts the turn up, and wakes the one that has slept longest. Who gives up while the place is
// free may have been the one that was woken, so it wakes another one.
//
// Source: the hand-off of a fair futex lock; the queue of sleepers is the engine's, which is
// first in, first out.

import { unpark } from '@concurrency-lab/atomics';
import { CapacityError } from './errors.ts';
import type { Patience } from './patience.ts';

/** The bits that are the user's. */
export const OWN = 0x7f_ff;
const INSIDE = 1 << 15;
const PASSING = 1 << 16;
const ONE_WAITS = 1 << 17;
const WAITING: number = -1 << 17;

/** Tells whether nobody is in line. */
export function isLineEmpty(state: number): boolean {
  return (state & ~OWN) === 0;
}

/** Computes the state after one more has joined: it is inside, or {@link Queue.enter}s. */
export function joined(state: number): number {
  if (isLineEmpty(state)) return state | INSIDE;
  if ((state & WAITING) === WAITING)
    throw new CapacityError(`${WAITING >>> 17} calls wait here already, and no more can`);
  return (state + ONE_WAITS) | 0;
}

/** Tells whether who joined an empty line, and so is inside. */
export function isFirst(before: number): boolean {
  return isLineEmpty(before);
}

/** Computes the state after the one inside has left. */
export function left(state: number): number {
  return (state & ~INSIDE) | ((state & WAITING) === 0 ? 0 : PASSING);
}

/** The line that the upper bits of a state word describe. */
export class Queue {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #state: number;
  readonly #turn: number;

  constructor(words: Int32Array<SharedArrayBuffer>, state: number, turn: number) {
    this.#words = words;
    this.#state = state;
    this.#turn = turn;
  }

  /** Gives the turn, to be asked for before joining. */
  get turn(): number {
    // ORDERING(Q1): comes before the update that joins or looks (Q3), as Q5 comes after the one
    // that makes way (Q4 or the user's): of two that cross, one sees the other.
    return Atomics.load(this.#words, this.#turn);
  }

  /** Blocks until this call, which has joined, is inside; leaves the line and throws when its patience ends first. */
  enter(turn: number, patience: Patience): void {
    try {
      for (let seen = turn; ;) {
        patience.park(this.#words, this.#turn, seen);
        seen = this.turn;
        if (this.#tryPass()) return;
      }
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  /** Waits as {@link Queue.enter}, without blocking. */
  async enterAsync(turn: number, patience: Patience): Promise<void> {
    try {
      for (let seen = turn; ;) {
        await patience.parkAsync(this.#words, this.#turn, seen);
        seen = this.turn;
        if (this.#tryPass()) return;
      }
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  /** Leaves the place inside, without a change of the user's bits. */
  leave(): void {
    let state = Atomics.load(this.#words, this.#state); // Q2
    for (;;) {
      const next = left(state);
      const seen = Atomics.compareExchange(this.#words, this.#state, state, next); // Q4
      if (seen === state) return this.wakeNext(next);
      state = seen;
    }
  }

  /** Wakes one of those who wait, if the place inside is free; after each update that may have made it so. */
  wakeNext(state: number): void {
    if ((state & PASSING) === 0) return;
    // ORDERING(Q5): makes those who joined (Q1), and do not sleep yet, look.
    Atomics.add(this.#words, this.#turn, 1);
    unpark(this.#words, this.#turn, 1);
  }

  /** Takes edge 4. */
  #tryPass(): boolean {
    // ORDERING(Q2): a first guess for the update that follows, which checks it.
    let state = Atomics.load(this.#words, this.#state);
    while ((state & PASSING) !== 0) {
      // ORDERING(Q3): admits one of those who look.
      const seen = Atomics.compareExchange(this.#words, this.#state, state, (state ^ (PASSING | INSIDE)) - ONE_WAITS);
      if (seen === state) return true;
      state = seen;
    }
    return false;
  }

  /** Leaves the line; takes edge 5 where it was the last one. */
  #giveUp(): void {
    let state = Atomics.load(this.#words, this.#state); // Q2
    for (;;) {
      const fewer = (state - ONE_WAITS) | 0;
      const next = (fewer & WAITING) === 0 ? fewer & ~PASSING : fewer;
      // ORDERING(Q4): makes way before Q5, for those who look after it (Q3).
      const seen = Atomics.compareExchange(this.#words, this.#state, state, next);
      if (seen === state) return this.wakeNext(next);
      state = seen;
    }
  }
}
