// @ts-check
// The loop around what is timed. `blocks.mjs` loads this file once for each side, so that the
// engine compiles it for the one call that it makes.

/** @typedef {import('./cases.mjs').Call} Call */

/**
 * Times so many calls, in milliseconds.
 * @param {Call} call
 * @param {number} times
 * @returns {number}
 */
export function timeSync(call, times) {
  const begin = performance.now();
  for (let i = 0; i < times; i++) call();
  return performance.now() - begin;
}

/**
 * Times so many calls one after the other, each of which gives a promise, in milliseconds.
 * @param {Call} call
 * @param {number} times
 * @returns {Promise<number>}
 */
export async function timeAsync(call, times) {
  const begin = performance.now();
  for (let i = 0; i < times; i++) await call();
  return performance.now() - begin;
}
