// The inbox of a lane: the slots of its tasks that have ended, as a list linked through the
// slots. Workers push one at a time; the lane's thread takes all at once. A push takes effect
// with its compare-and-swap or not at all, so a worker that vanishes leaves the list whole.
//
// What was taken is released slot by slot, and the taker keeps where it has got to in the
// lane. So whoever follows a taker that vanished finds the slots that it had taken and not
// released.
//
// Source: the stack of Treiber, IBM RJ 5118, 1986. Nobody takes single slots, so a slot that
// comes back meanwhile does no harm.

import { LANE, type RuntimeMemory, SLOT } from './memory.ts';
import { release } from './slot.ts';

/** Ends a list; a slot is linked by its number plus one. */
const END = 0;

/** Is the inbox of one lane. */
export class Inbox {
  readonly #memory: RuntimeMemory;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #first: number;
  readonly #taken: number;

  constructor(memory: RuntimeMemory, lane: number) {
    this.#memory = memory;
    this.#words = memory.words;
    this.#first = memory.laneAt(lane) + LANE.index.inbox;
    this.#taken = memory.laneAt(lane) + LANE.index.taken;
  }

  /** Adds a slot whose outcome is written; ring the lane's bell afterwards. */
  push(slot: number): void {
    const link = this.#memory.slotAt(slot) + SLOT.link;
    // ORDERING(C1): a first guess for C2, which decides.
    let first = Atomics.load(this.#words, this.#first);
    for (;;) {
      this.#words[link] = first; // ORDERING(C3): plain, published by C2.
      // ORDERING(C2): publishes the link and the outcome (S7) to C4. Before the look at the bell (B3), in the total order.
      const seen = Atomics.compareExchange(this.#words, this.#first, first, slot + 1);
      if (seen === first) return;
      first = seen;
    }
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#words, this.#first) === END; // C1
  }

  /** Takes all slots, the first pushed first; release them before the next call. */
  take(): number[] {
    let first = Atomics.load(this.#words, this.#first); // C1
    while (first !== END) {
      this.#words[this.#taken] = first; // ORDERING(C5): plain; another thread reads it after this one has ended.
      // ORDERING(C4): takes the list, and observes C2 of each of its slots.
      const seen = Atomics.compareExchange(this.#words, this.#first, first, END);
      if (seen === first) break;
      first = seen;
    }
    return first === END ? NOTHING : this.#list(first).toReversed();
  }

  /** Releases all slots that were taken. */
  releaseTaken(): void {
    let next = this.#words[this.#taken]!; // C5
    while (next !== END) {
      const at = this.#memory.slotAt(next - 1);
      next = this.#words[at + SLOT.link]!; // C3
      release(this.#memory, at);
      this.#words[this.#taken] = next; // C5
    }
  }

  /**
   * Ends what a thread that is gone began: gives the slots that it had taken and not released,
   * or that nobody has taken yet, and releases them.
   */
  recover(): Iterable<number> {
    const held = this.#list(this.#words[this.#taken]!); // C5
    const slots = new Set(held);
    for (const slot of this.take()) slots.add(slot);
    for (const slot of slots) release(this.#memory, this.#memory.slotAt(slot));
    this.#words[this.#taken] = END; // C5
    return slots;
  }

  #list(first: number): number[] {
    const slots: number[] = [];
    for (let next = first; next !== END;) {
      slots.push(next - 1);
      next = this.#words[this.#memory.slotAt(next - 1) + SLOT.link]!; // C3
    }
    return slots;
  }
}

const NOTHING: number[] = [];
