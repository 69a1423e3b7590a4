// Exponential backoff for a thread that spins on a word another thread will change: each
// round pauses twice as long as the one before, so that the spinners leave the cache line
// to the thread they wait for. After the last round spinning is no longer worth it and the
// thread should park. One small object, no shared memory.
//
// Source: `Backoff` of the Rust crate crossbeam-utils.

import { pause } from './platform.ts';

// Rounds of 1, 2, 4 … 64 pauses: about 4 µs in all, a fraction of what it takes to park and
// be woken (`node bench/atomics.bench.mjs` prints both).
const ROUNDS = 7;

/**
 * Spins for exponentially longer rounds, and says when to park instead.
 *
 * @example
 * ```ts
 * import { Backoff, park } from '@concurrency-lab/atomics';
 *
 * const words = new Int32Array(new SharedArrayBuffer(4)).fill(1);
 * const backoff = new Backoff();
 * while (Atomics.load(words, 0) === 0) {
 *   if (backoff.isCompleted) park(words, 0, 0);
 *   else backoff.spin();
 * }
 * backoff.isCompleted; // => false
 * ```
 */
export class Backoff {
  #round = 0;

  /** Tells that spinning has lasted as long as it should: now park. */
  get isCompleted(): boolean {
    return this.#round >= ROUNDS;
  }

  /** Busy-waits for one round; further rounds after the last are as long as the last. Never allocates. */
  spin(): void {
    const completed = this.#round >= ROUNDS;
    for (let left = 1 << (completed ? ROUNDS - 1 : this.#round); left > 0; left--) pause();
    if (!completed) this.#round++;
  }

  /** Starts again with the shortest round, after the awaited change was seen. */
  reset(): void {
    this.#round = 0;
  }
}
