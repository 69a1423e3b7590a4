// The slot that a worker runs next, before its queue: the task that its present task spawned
// last. What a task has just written is still in the cache, and a chain of tasks that each
// spawn the next never waits behind others. One word; other workers take from it when all
// queues are empty, so a task that runs long does not keep it from being run.
//
// Source: the LIFO slot of Tokio, `runnext` of Go.

import { LANE, NONE, type RuntimeMemory } from './memory.ts';

const EMPTY = 0;

/** Is the next slot of one lane. */
export class NextSlot {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #at: number;

  constructor(memory: RuntimeMemory, lane: number) {
    this.#words = memory.words;
    this.#at = memory.laneAt(lane) + LANE.index.next;
  }

  /** Puts a slot in, and gives the one that was there, or NONE. */
  replace(slot: number): number {
    // ORDERING(X1): publishes the entry, and loses none that was there. Before I1, in the total order.
    return Atomics.exchange(this.#words, this.#at, slot + 1) - 1;
  }

  /** Takes what is there, or NONE; on any thread. */
  take(): number {
    if (this.isEmpty) return NONE;
    // ORDERING(X2): admits one of several takers.
    return Atomics.exchange(this.#words, this.#at, EMPTY) - 1;
  }

  get isEmpty(): boolean {
    // ORDERING(X3): a look, for X2 to decide.
    return Atomics.load(this.#words, this.#at) === EMPTY;
  }
}
