// @ts-check
// Pairs of blocks: the two sides take turns of a few milliseconds, A B B A and B A A B, so that
// whatever the machine does for longer hits both. What counts is the ratio within such a quad.
//
// It takes as many quads as make the interval narrow, within bounds: few on a quiet machine, more
// on a busy one. The width alone decides when to stop, never where the interval lies.

import { medianInterval } from './statistics.mjs';

/** @typedef {import('./cases.mjs').Call} Call */

/**
 * @typedef {object} Timing
 * @property {number} least quads
 * @property {number} most quads
 * @property {number} narrow width of the interval of the log ratio that is enough
 * @property {number} block about what one block takes, in milliseconds
 * @property {number} warmUp milliseconds
 * @property {number} patience milliseconds, by the same clock, after which the quads it has must do
 */

/**
 * @typedef {object} Quads
 * @property {number[]} logs of head's time to base's
 * @property {{ base: number, head: number }[]} times of a call in nanoseconds, one of each quad
 * @property {number} calls of a block
 */

/** The interval of fewer would be from the least to the greatest. */
const FEWEST = 12;

/**
 * Times the sides in quads, after warming all copies up. Quads go through all pairs of copies.
 * @param {{ base: readonly Call[], head: readonly Call[] }} sides as many copies of each
 * @param {Timing & { headFirst: boolean, clock: import('./loop.mjs').Clock }} options
 * @returns {Promise<Quads>}
 */
export async function measureQuads({ base, head }, { least, most, narrow, block, warmUp, patience, headFirst, clock }) {
  const copies = base.length;
  const all = base.flatMap((call, n) => {
    const other = /** @type {Call} */ (head[n]);
    return headFirst ? [other, call] : [call, other];
  });
  const results = all.map((call) => call());
  const asynchronous = results.some((result) => result instanceof Promise);
  await Promise.all(results);
  // A loop of its own for each: one that all share is compiled for the call that comes first.
  /** @type {Map<Call, (times: number) => number | Promise<number>>} */
  const loops = new Map();
  for (const [n, call] of all.entries()) {
    /** @type {typeof import('./loop.mjs')} */
    const loop = await import(/* @vite-ignore */ new URL(`loop.mjs?${n}`, import.meta.url).href);
    loops.set(call, (times) => (asynchronous ? loop.timeAsync(call, times, clock) : loop.timeSync(call, times, clock)));
  }
  /** @type {(call: Call, times: number) => number | Promise<number>} */
  const time = (call, times) => /** @type {(times: number) => number} */ (loops.get(call))(times);

  let calls = 1;
  for (const begin = clock(); ;) {
    let slowest = 0;
    for (const call of all) slowest = Math.max(slowest, await time(call, calls));
    if (slowest > block * 0.5 && clock() - begin > warmUp) break;
    calls = Math.max(1, Math.round(calls * (slowest === 0 ? 10 : Math.min(10, block / slowest))));
  }

  const logs = [];
  const begin = clock();
  const times = [];
  for (let quad = 0; quad < most; quad++) {
    const late = clock() - begin > patience;
    if (late && quad >= FEWEST) break;
    if (quad >= least && quad % 10 === 0) {
      const { low, high } = medianInterval(logs);
      if (high - low < narrow) break;
    }
    const ours = /** @type {Call} */ (head[quad % copies]);
    const theirs = /** @type {Call} */ (base[(quad + Math.floor(quad / copies)) % copies]);
    const [outer, inner] = (quad % 2 === 0) === headFirst ? [ours, theirs] : [theirs, ours];
    const first = await time(outer, calls);
    const second = await time(inner, calls);
    const third = await time(inner, calls);
    const fourth = await time(outer, calls);
    const ofOuter = first + fourth;
    const ofInner = second + third;
    const [ofHead, ofBase] = outer === ours ? [ofOuter, ofInner] : [ofInner, ofOuter];
    logs.push(Math.log(ofHead / ofBase));
    times.push({ base: (ofBase * 5e5) / calls, head: (ofHead * 5e5) / calls });
  }
  return { logs, times, calls };
}
