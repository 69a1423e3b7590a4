// @ts-check
// Where the scheduler put two threads, told from what a cache line's way between them costs.
//
// Two threads pass one word to and fro. On a virtual machine the round trip takes 100 to 135 ns
// or 415 to 525 ns, depending on which cores it was given, and every contended figure moves by a
// factor of 2.5 to 4 with it. A contended sample without this figure beside it says little.

import { Worker } from 'node:worker_threads';
import { median } from './statistics.mjs';

/** @typedef {'near' | 'far' | 'shared'} Placement */

/** Up to here two cores count as near; in nanoseconds of a round trip. */
const NEAR = 250;
/** From here on the threads take turns on one core. */
const SHARED = 2500;

/**
 * Names the placement that a round trip tells of.
 * @param {number} nanoseconds
 * @returns {Placement}
 */
export function placement(nanoseconds) {
  if (nanoseconds < NEAR) return 'near';
  return nanoseconds < SHARED ? 'far' : 'shared';
}

const PARTNER = `
  const { workerData: words } = require('node:worker_threads');
  let seen = 0;
  for (;;) {
    const value = Atomics.load(words, 0);
    if (value === seen) continue;
    if (value < 0) break;
    seen = value;
    Atomics.store(words, 32, value);
  }`;

/**
 * Starts the partner of the ping-pong; it spins, so end it before anything is timed.
 * @returns {Promise<{ roundTrip(): number, close(): Promise<void> }>} `roundTrip` blocks for 2 to 30 ms
 */
async function startPartner() {
  // The two words are 128 bytes apart: what is measured is the way of a line, not the fight for one.
  const words = new Int32Array(new SharedArrayBuffer(256));
  const worker = new Worker(PARTNER, { eval: true, workerData: words });
  await new Promise((resolve, reject) => worker.once('online', resolve).once('error', reject));
  let value = 0;
  return {
    roundTrip() {
      const pass = (/** @type {number} */ times) => {
        const begin = performance.now();
        const end = value + times;
        while (value < end) {
          Atomics.store(words, 0, ++value);
          while (Atomics.load(words, 32) !== value);
        }
        return ((performance.now() - begin) * 1e6) / times;
      };
      // A pass during which one of the two was not running tells nothing; one core for both, and all are such.
      const passes = [];
      for (let tries = 0; tries < 4 && passes.length === 0; tries++) {
        const short = pass(3);
        if (short > 100_000 && tries < 3) continue;
        if (short > 100_000) return short;
        const deadline = performance.now() + 20;
        do passes.push(pass(500));
        while (passes.length < 20 && performance.now() < deadline);
      }
      return median(passes);
    },
    async close() {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      Atomics.store(words, 0, -1);
      await ended;
    },
  };
}

/**
 * Measures the round trip between this thread and a new worker, in nanoseconds. Blocks this thread for
 * some 20 ms, longer where both share one core.
 * @returns {Promise<number>}
 */
export async function measureRoundTrip() {
  const partner = await startPartner();
  partner.roundTrip(); // warms up
  const nanoseconds = partner.roundTrip();
  await partner.close();
  return nanoseconds;
}
