// @ts-check
// The loop around what is timed. `blocks.mjs` loads this file once for each copy, so that the
// engine compiles it for the one call that it makes.

/** @typedef {import('./cases.mjs').Call} Call */
/** @typedef {() => number} Clock in milliseconds */

/**
 * Counts the time that the process has spent computing. Being put aside for another process does not count.
 * @returns {number}
 */
export function cpuClock() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Times so many calls, in milliseconds.
 * @param {Call} call
 * @param {number} times
 * @param {Clock} clock
 * @returns {number}
 */
export function timeSync(call, times, clock) {
  const begin = clock();
  for (let i = 0; i < times; i++) call();
  return clock() - begin;
}

/**
 * Times so many calls one after the other, each of which gives a promise, in milliseconds.
 * @param {Call} call
 * @param {number} times
 * @param {Clock} clock
 * @returns {Promise<number>}
 */
export async function timeAsync(call, times, clock) {
  const begin = clock();
  for (let i = 0; i < times; i++) await call();
  return clock() - begin;
}
