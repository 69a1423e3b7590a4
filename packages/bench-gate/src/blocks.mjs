// @ts-check
// Pairs of blocks: the two sides take turns of a few milliseconds, A B B A and B A A B, so that
// whatever the machine does for longer hits both. What counts is the ratio within such a quad.

/** @typedef {import('./cases.mjs').Call} Call */

/**
 * @typedef {object} Quads
 * @property {number[]} logs of head's time to base's
 * @property {{ base: number, head: number }[]} times of a call in nanoseconds, one of each quad
 * @property {number} calls of a block
 */

/**
 * Times so many calls, in milliseconds. Both sides share this loop: what it costs is the same for both.
 * @param {Call} call
 * @param {number} times
 */
function timeSync(call, times) {
  const begin = performance.now();
  for (let i = 0; i < times; i++) call();
  return performance.now() - begin;
}

/**
 * @param {Call} call
 * @param {number} times
 */
async function timeAsync(call, times) {
  const begin = performance.now();
  for (let i = 0; i < times; i++) await call();
  return performance.now() - begin;
}

/**
 * Times the sides in quads, after warming both up.
 * @param {{ base: Call, head: Call }} sides
 * @param {{ quads: number, block: number, warmUp: number, headFirst: boolean }} options milliseconds; `block` is about
 *   what one block takes
 * @returns {Promise<Quads>}
 */
export async function measureQuads({ base, head }, { quads, block, warmUp, headFirst }) {
  const order = headFirst ? [head, base] : [base, head];
  const results = order.map((call) => call());
  const asynchronous = results.some((result) => result instanceof Promise);
  await Promise.all(results);
  /** @type {(call: Call, times: number) => number | Promise<number>} */
  const time = asynchronous ? timeAsync : timeSync;

  let calls = 1;
  for (const begin = performance.now(); ; ) {
    let slower = 0;
    for (const call of order) slower = Math.max(slower, await time(call, calls));
    if (slower > block * 0.5 && performance.now() - begin > warmUp) break;
    calls = Math.max(1, Math.round(calls * (slower === 0 ? 10 : Math.min(10, block / slower))));
  }

  const logs = [];
  const times = [];
  for (let quad = 0; quad < quads; quad++) {
    const [outer, inner] = (quad % 2 === 0) === headFirst ? [head, base] : [base, head];
    const first = await time(outer, calls);
    const second = await time(inner, calls);
    const third = await time(inner, calls);
    const fourth = await time(outer, calls);
    const ofOuter = first + fourth;
    const ofInner = second + third;
    const [ofHead, ofBase] = outer === head ? [ofOuter, ofInner] : [ofInner, ofOuter];
    logs.push(Math.log(ofHead / ofBase));
    times.push({ base: (ofBase * 5e5) / calls, head: (ofHead * 5e5) / calls });
  }
  return { logs, times, calls };
}
