// The bell of a lane: how its thread sleeps, and is woken. The thread arms the bell, looks
// once more for a reason to stay awake, and sleeps. Whoever has given a reason rings
// afterwards. Either the ringer sees the bell armed, or the thread sees the reason.
//
// A ringer may vanish between disarming and waking; so after the loss of a thread, all bells
// are rung in any case (`ring(true)`).

import { park, parkAsync, unpark } from '@concurrency-lab/atomics';
import { LANE, type RuntimeMemory } from './memory.ts';

const QUIET = 0;
const ARMED = 1;

/** Is the bell of one lane. */
export class Bell {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #at: number;

  constructor(memory: RuntimeMemory, lane: number) {
    this.#words = memory.words;
    this.#at = memory.laneAt(lane) + LANE.index.bell;
  }

  /** Says that the lane's thread is about to sleep. */
  arm(): void {
    // ORDERING(B1): before the last look for a reason, in the total order.
    Atomics.store(this.#words, this.#at, ARMED);
  }

  /** Says that the lane's thread is awake. */
  disarm(): void {
    // ORDERING(B2): spares ringers the wake-up; a ringer that missed it wakes for nothing.
    Atomics.store(this.#words, this.#at, QUIET);
  }

  /** Blocks until somebody rings, at most `timeout` milliseconds; tells whether somebody has. */
  sleep(timeout: number): boolean {
    return park(this.#words, this.#at, ARMED, { timeout }) !== 'timed-out';
  }

  /** Waits until somebody rings. */
  wait(keepAlive: boolean): Promise<unknown> {
    return parkAsync(this.#words, this.#at, ARMED, { keepAlive });
  }

  /** Wakes the lane's thread, if it sleeps or is about to. */
  ring(inAnyCase = false): void {
    // ORDERING(B3): after the reason was given, in the total order.
    if (!inAnyCase && Atomics.load(this.#words, this.#at) !== ARMED) return;
    // ORDERING(B4): one of several ringers wakes.
    if (Atomics.exchange(this.#words, this.#at, QUIET) === ARMED || inAnyCase) unpark(this.#words, this.#at);
  }
}
