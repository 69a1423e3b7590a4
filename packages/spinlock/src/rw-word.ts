// The word of a reader-writer lock, and its transitions. Above these 15 bits stands the line of
// the writers that wait (queue.ts):
//
//   READERS_WAIT | WRITING | readers (13 bits)
//
//   1  a reader enters       while nobody writes and no writer is in line
//   2  a reader is kept out  sets READERS_WAIT, and sleeps on `readerTurn`
//   3  a reader leaves       the last one wakes the first in line
//   4  a writer enters       while the whole word is 0; it sets WRITING
//   5  a writer is kept out  joins the line
//   6  the first in line     enters while nobody reads or writes, and leaves the line; sleeps on the word
//   7  a writer leaves       or becomes a reader; wakes the first in line, or else lets readers in
//   8  the last in line      gives up, and lets readers in
//
// Who takes READERS_WAIT back (7, 8) wakes the readers that sleep. A reader asks for its turn
// before it looks at the word; who lets readers in counts the turn up after that.

import { unpark } from '@concurrency-lab/atomics';
import { CapacityError } from './errors.ts';
import { isLineEmpty, joined, left as withoutFirst, type Queue } from './queue.ts';

const READERS = 0x1f_ff;
const WRITING = 1 << 13;
const READERS_WAIT = 1 << 14;

/** Makes the transitions of the word; never waits. */
export class RwWord {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #state: number;
  readonly #readerTurn: number;
  readonly #queue: Queue;

  constructor(words: Int32Array<SharedArrayBuffer>, state: number, readerTurn: number, queue: Queue) {
    this.#words = words;
    this.#state = state;
    this.#readerTurn = readerTurn;
    this.#queue = queue;
  }

  get readers(): number {
    return Atomics.load(this.#words, this.#state) & READERS; // R1
  }

  get isWriting(): boolean {
    return (Atomics.load(this.#words, this.#state) & WRITING) !== 0; // R1
  }

  /** Takes edge 1, or, where the reader is going to sleep, 2; returns whether it has entered. */
  enterRead(isGoingToSleep: boolean): boolean {
    // ORDERING(R1): a first guess for the update that follows, which checks it.
    let state = Atomics.load(this.#words, this.#state);
    for (;;) {
      const enters = isOpen(state);
      if (!enters && (!isGoingToSleep || (state & READERS_WAIT) !== 0)) return false;
      if (enters && (state & READERS) === READERS) {
        throw new CapacityError(`${READERS} guards read through this RwLock already, and no more can`);
      }
      // ORDERING(R2): observes what writers before published (R5); keeps writers out (R4), or
      // asks for a wake-up, which R5 sees.
      const seen = Atomics.compareExchange(this.#words, this.#state, state, enters ? state + 1 : state | READERS_WAIT);
      if (seen === state) return enters;
      state = seen;
    }
  }

  /** Takes edge 3. */
  leaveRead(): void {
    // ORDERING(R3): publishes that this reader has read to R4; sees who is in line.
    const before = Atomics.sub(this.#words, this.#state, 1);
    if ((before & READERS) === 1 && !isLineEmpty(before)) unpark(this.#words, this.#state);
  }

  /** Takes edge 4; returns whether the writer has entered. */
  tryEnterWrite(): boolean {
    return Atomics.compareExchange(this.#words, this.#state, 0, WRITING) === 0; // R4
  }

  /** Takes edge 4 or 5; returns the state before it joined the line, undefined where it entered. */
  enterWriteOrJoin(): number | undefined {
    let state = Atomics.load(this.#words, this.#state); // R1
    for (;;) {
      const enters = state === 0;
      // ORDERING(R4): observes what readers (R3) and writers (R5) before published; admits one.
      const seen = Atomics.compareExchange(this.#words, this.#state, state, enters ? WRITING : joined(state));
      if (seen === state) return enters ? undefined : state;
      state = seen;
    }
  }

  /** Takes edge 6; returns the state to sleep on, undefined where the writer has entered. */
  enterWriteFirst(): number | undefined {
    let state = Atomics.load(this.#words, this.#state); // R1
    while ((state & (WRITING | READERS)) === 0) {
      const next = withoutFirst(state) | WRITING;
      const seen = Atomics.compareExchange(this.#words, this.#state, state, next); // R4
      if (seen === state) {
        this.#queue.wakeNext(next);
        return undefined;
      }
      state = seen;
    }
    return state;
  }

  /** Takes edge 7; `readers` is 1 where the writer goes on as a reader, 0 otherwise. */
  leaveWrite(readers: 0 | 1): void {
    let state = Atomics.load(this.#words, this.#state); // R1
    for (;;) {
      const next = opened(state - WRITING + readers);
      // ORDERING(R5): publishes what was written to R2 and R4; sees who waits.
      const seen = Atomics.compareExchange(this.#words, this.#state, state, next);
      if (seen === state) {
        if (!isLineEmpty(state)) {
          if (readers === 0) unpark(this.#words, this.#state); // or else the reader does, when it leaves
        } else if (next !== state - WRITING + readers) this.#wakeReaders();
        return;
      }
      state = seen;
    }
  }

  /** Takes edge 8, if that is it: to be called after a writer has left the line in vain. */
  letReadersIn(): void {
    let state = Atomics.load(this.#words, this.#state); // R1
    while (opened(state) !== state) {
      const seen = Atomics.compareExchange(this.#words, this.#state, state, opened(state)); // R5
      if (seen === state) return this.#wakeReaders();
      state = seen;
    }
  }

  /** Gives what readers sleep on, to be asked for before edge 2. */
  get readerTurn(): number {
    // ORDERING(R6): comes before R2, as R7 comes after R5: of two that cross, one sees the other.
    return Atomics.load(this.#words, this.#readerTurn);
  }

  #wakeReaders(): void {
    // ORDERING(R7): makes a reader that was kept out (R2) before R5, and does not sleep yet, look again.
    Atomics.add(this.#words, this.#readerTurn, 1);
    unpark(this.#words, this.#readerTurn);
  }
}

/** Tells whether readers may enter. */
function isOpen(state: number): boolean {
  return (state & WRITING) === 0 && isLineEmpty(state);
}

/** Takes READERS_WAIT back where readers may enter. */
function opened(state: number): number {
  return isOpen(state) ? state & ~READERS_WAIT : state;
}
