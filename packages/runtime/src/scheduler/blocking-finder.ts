// How a thread of the blocking pool comes to its next task. It looks for none: the thread that
// built the runtime puts a slot beside the lane's queue, and rings. A thread without a task says
// so, with how many entries it has taken until then: as long as another is on its way, the first
// thread knows that it is not free.
//
// No wake-up is lost: who gives a slot rings afterwards; who parks arms the bell first, and looks
// afterwards.

import type { Lane } from './lanes.ts';
import { NONE } from './memory.ts';
import type { TaskFinder } from './finder.ts';

/** Finds the tasks that one thread of the blocking pool was given; only that thread uses it. */
export class BlockingFinder implements TaskFinder {
  readonly #lane: Lane;
  readonly #sayFree: (taken: number) => void;
  #taken = 0;

  /** @param sayFree - is told, whenever the thread parks, how many entries it has taken */
  constructor(lane: Lane, sayFree: (taken: number) => void) {
    this.#lane = lane;
    this.#sayFree = sayFree;
  }

  /** Gives the slot that this thread was given, or NONE. */
  next(): number {
    const slot = this.#lane.next.take();
    if (slot !== NONE) this.#taken++;
    return slot;
  }

  /** Gives the slot back: what this thread spawns is queued by the first. */
  push(slot: number): number {
    return slot;
  }

  /** As `push`. */
  pushLast(slot: number): number {
    return slot;
  }

  /** Gives nothing: this thread has no queue. */
  giveUp(): number {
    return NONE;
  }

  /** Says that the thread is free, and tells whether it may sleep. */
  park(): boolean {
    const maySleep = this.listen();
    if (maySleep) this.#sayFree(this.#taken);
    return maySleep;
  }

  /** Tells whether the thread may sleep, which is not free: a task of it waits for something. */
  listen(): boolean {
    this.#lane.bell.arm();
    return !this.seesWork;
  }

  get seesWork(): boolean {
    return !this.#lane.next.isEmpty || this.#lane.isCalled || !this.#lane.inbox.isEmpty;
  }

  wake(): void {}

  stopListening(): void {}

  stopSearching(): void {}
}
