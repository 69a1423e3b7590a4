// Fork and join: fib by two tasks, each again two, down to leaves that a worker computes. A task of these pools
// cannot spawn into its own pool, so the main thread forks and joins, as their users do.

import { subjectsOf, verifyPool } from './pools.mjs';
import { tasks } from './workers/tasks.mjs';

const N = 20;
const LEAF = 10;
const RESULT = tasks.fib(N);

const forking = (leaf) => {
  const fib = async (n) => {
    if (n <= LEAF) return leaf(n);
    const [a, b] = await Promise.all([fib(n - 1), fib(n - 2)]);
    return a + b;
  };
  return async (operations) => {
    for (let i = 0; i < operations; i++) {
      const result = await fib(N);
      if (result !== RESULT) throw new Error(`fib(${N}) is ${RESULT}, not ${result}`);
    }
  };
};

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: `fib(${N}) by fork and join down to fib(${LEAF}), 2 workers`,
  unit: '/s',
  reference: 'piscina',
  threads: 2,
  block: 200,
  chart: 'bars',
  subjects: {
    'main thread, promises': {
      setup() {
        const run = forking(tasks.fib);
        return { verify: () => run(1), run };
      },
    },
    ...subjectsOf((pool) => ({ verify: () => verifyPool(pool), run: forking((n) => pool.run('fib', n)) }), {
      workers: 2,
    }),
  },
};
