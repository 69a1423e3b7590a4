// Fork and join: fib by two tasks, each again two, down to leaves that a worker computes. Tasks of the runtime spawn
// those that they wait for. A task of the other pools cannot spawn into its own pool, so the main thread forks and
// joins, as their users do.

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
  title: `fib(${N}) by fork and join down to fib(${LEAF}), 2 workers; but for the first, the main thread forks`,
  unit: '/s',
  reference: 'piscina',
  threads: 2,
  block: 200,
  chart: 'bars',
  subjects: {
    'runtime, tasks fork': {
      package: '@concurrency-lab/runtime',
      async setup() {
        const { Runtime } = await import('@concurrency-lab/runtime');
        const { forkFib } = await import('./workers/runtime.mjs');
        const rt = Runtime.builder().workerThreads(2).build();
        const run = async (operations) => {
          for (let i = 0; i < operations; i++) {
            const result = await rt.spawn(forkFib, N, LEAF);
            if (result !== RESULT) throw new Error(`fib(${N}) is ${RESULT}, not ${result}`);
          }
        };
        return { verify: () => run(1), run, close: () => rt.shutdown() };
      },
    },
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
