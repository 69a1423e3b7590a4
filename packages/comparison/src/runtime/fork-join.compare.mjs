// Fork and join: fib by two tasks, each again two, down to leaves that a worker computes. Tasks of the runtime spawn
// those that they wait for. A task of the other pools cannot spawn into its own pool, so the main thread forks and
// joins, as their users do.

import { subjectsOf, verifyPool } from './pools.mjs';
import { tasks } from './workers/tasks.mjs';

const N = 20;
const LEAF = 10;
const RESULT = tasks.fib(N);

/** Counts the tasks that compute; the others only fork and join, and are none where the main thread does that. */
const leaves = (n) => (n <= LEAF ? 1 : leaves(n - 1) + leaves(n - 2));
const LEAVES = leaves(N);
const ALL = 2 * LEAVES - 1;

/** Has fib computed so many times, of so many tasks each. */
const computing = (fib, tasksOfEach) => async (operations) => {
  const begin = performance.now();
  for (let i = 0; i < operations; i++) {
    const result = await fib(N);
    if (result !== RESULT) throw new Error(`fib(${N}) is ${RESULT}, not ${result}`);
  }
  return { extra: { 'k tasks/s': (operations * tasksOfEach) / (performance.now() - begin) } };
};

const forking = (leaf) => {
  const fib = async (n) => {
    if (n <= LEAF) return leaf(n);
    const [a, b] = await Promise.all([fib(n - 1), fib(n - 2)]);
    return a + b;
  };
  return computing(fib, LEAVES);
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
        const run = computing((n) => rt.spawn(forkFib, n, LEAF), ALL);
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
