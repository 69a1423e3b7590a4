// The queue of a lane: a ring of slot numbers. The thread of the lane pushes at the tail; it
// and all others take from the head, one entry or a batch, and whoever moves the head by its
// compare-and-swap has what lies between. A batch is copied into the taker's own ring first,
// behind its tail, where nobody looks, and published after it was won. So a thread that
// vanishes at any step leaves every ring whole; at worst it takes the entries of one batch
// with it, which are hints, and are found again by a look at all slots (recover.ts).
//
// The ring is longer than there are slots, so there is no overflow to a queue of all: a task
// has one entry, apart from those that a recovery repeats.
//
// Source: the run queue of Go's scheduler (runtime/proc.go), which follows Chase and Lev,
// "Dynamic Circular Work-Stealing Deque", SPAA 2005.

import { LANE, NONE, type RuntimeMemory } from './memory.ts';

/** Most entries that are moved at once. */
export const MOST_MOVED = 128;

/** Is the queue of one lane, seen from one thread. */
export class RunQueue {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #head: number;
  readonly #tail: number;
  readonly #ring: number;
  readonly #mask: number;
  /** What the owner last stored as the tail; of no meaning on other threads. */
  #ownTail: number;

  constructor(memory: RuntimeMemory, lane: number) {
    const at = memory.laneAt(lane);
    this.#words = memory.words;
    this.#head = at + LANE.index.head;
    this.#tail = at + LANE.index.tail;
    this.#ring = at + LANE.index.ring;
    this.#mask = memory.ringLengthOf(lane) - 1; // in a ring of no length, nothing finds room
    // ORDERING(Q1): a look at the length; observes Q2.
    this.#ownTail = Atomics.load(this.#words, this.#tail);
  }

  /** Counts the entries; among them may be some that were taken during the call, but none is missing that was there all along. */
  get length(): number {
    // The head first: it never passes the tail, so the difference is never negative.
    const head = Atomics.load(this.#words, this.#head); // Q3
    return (Atomics.load(this.#words, this.#tail) - head) | 0; // Q1
  }

  /** Adds an entry; only on the lane's own thread. False where the ring is full. */
  push(slot: number): boolean {
    const tail = this.#ownTail;
    // ORDERING(Q3): the place of a taken entry is written again only after Q5 has moved the head past it.
    if (((tail - Atomics.load(this.#words, this.#head)) | 0) > this.#mask) return false;
    // ORDERING(Q4): atomic, since a taker that is late may read the place (Q6); its Q5 then fails.
    Atomics.store(this.#words, this.#ring + (tail & this.#mask), slot);
    this.#ownTail = (tail + 1) | 0;
    // ORDERING(Q2): publishes the entry to Q1. Before the look at the idle set (I1), in the total order.
    Atomics.store(this.#words, this.#tail, this.#ownTail);
    return true;
  }

  /** Takes the oldest entry, or NONE; on any thread. */
  pop(): number {
    const words = this.#words;
    let head = Atomics.load(words, this.#head); // Q3
    for (;;) {
      if (((Atomics.load(words, this.#tail) - head) | 0) <= 0) return NONE; // Q1
      // ORDERING(Q6): the entry, if Q5 finds the head where it was.
      const slot = Atomics.load(words, this.#ring + (head & this.#mask));
      // ORDERING(Q5): admits one of several takers; gives the place back to Q3.
      const seen = Atomics.compareExchange(words, this.#head, head, (head + 1) | 0);
      if (seen === head) return slot;
      head = seen;
    }
  }

  /**
   * Moves entries, the oldest first, into `own`, the queue of this thread's lane, and gives one
   * of them to be run at once: a share of what is there, and at most `MOST_MOVED`. NONE where
   * there are none.
   *
   * @param share - into how many parts to divide what is there
   */
  moveTo(own: RunQueue, share: number): number {
    const words = this.#words;
    let head = Atomics.load(words, this.#head); // Q3
    for (;;) {
      const there = (Atomics.load(words, this.#tail) - head) | 0; // Q1
      if (there <= 0) return NONE;
      const count = Math.min(Math.ceil(there / share), MOST_MOVED, own.#room() + 1);
      const first = Atomics.load(words, this.#ring + (head & this.#mask)); // Q6
      for (let i = 1; i < count; i++) {
        const slot = Atomics.load(words, this.#ring + ((head + i) & this.#mask)); // Q6
        Atomics.store(words, own.#ring + ((own.#ownTail + i - 1) & own.#mask), slot); // Q4
      }
      const seen = Atomics.compareExchange(words, this.#head, head, (head + count) | 0); // Q5
      if (seen === head) {
        if (count > 1) {
          own.#ownTail = (own.#ownTail + count - 1) | 0;
          Atomics.store(words, own.#tail, own.#ownTail); // Q2
        }
        return first;
      }
      head = seen;
    }
  }

  #room(): number {
    return this.#mask + 1 - ((this.#ownTail - Atomics.load(this.#words, this.#head)) | 0); // Q3
  }
}
