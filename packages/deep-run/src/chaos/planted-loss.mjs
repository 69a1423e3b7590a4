// @ts-check
// A scenario that goes wrong, for the test of the chaos.

/** @returns {import('../chaos.mjs').Scenario} */
export function start() {
  let rounds = 0;
  return {
    round() {
      if (++rounds === 3) throw new Error('a value was lost');
    },
    stop: () => 'not reached',
  };
}
