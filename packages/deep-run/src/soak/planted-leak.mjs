// @ts-check
// A leak for the test of the soak: each round keeps what it made.

/** @returns {import('../soak.mjs').Workload} */
export function start() {
  /** @type {unknown[]} */
  const kept = [];
  return {
    async round() {
      kept.push(Array.from({ length: 20_000 }, (_, i) => ({ i })));
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    leftovers: () => [],
    stop: () => {},
  };
}
