// Tasks that compute, of very different length: how well two workers share them. The ratio to the main thread is the
// speed-up. What two threads can do at all, where two processors may share a core, shows a subject whose workers have
// one half of the work each from the start. A thread that wakes another computes nothing meanwhile, and
// pools wake the main thread at the end of every task; a parallel map, at the end of every piece.

import { pools, subjectsOf, verifyPool } from './pools.mjs';
import { tasks } from './workers/tasks.mjs';

/** From a microsecond to some milliseconds, mixed. */
const MIX = Array.from({ length: 240 }, (_, i) => 2 ** (10 + ((i * 7) % 12)));
const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);
const SUM = sumOf(MIX.map(tasks.bigFib));

/** Both take as long: of each length, there are as many in either. */
const HALVES = [0, 1].map((half) => MIX.toSorted((a, b) => a - b).filter((_, i) => i % 2 === half));

const adding = (run) => async (operations) => {
  for (let i = 0; i < operations; i++) if (sumOf(await run()) !== SUM) throw new Error('the sum is wrong');
};

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'a mix of 240 fib tasks, 1.8 ms on average, 2 workers',
  unit: '/s',
  reference: 'main thread',
  threads: 2,
  block: 200,
  chart: 'bars',
  subjects: {
    'main thread': {
      setup() {
        const run = adding(() => MIX.map(tasks.bigFib));
        return { verify: () => run(1), run };
      },
    },
    'two bare workers, half of it each': {
      async setup() {
        const pool = await pools.postMessage.open({ workers: 2 });
        const run = adding(() => Promise.all(HALVES.map((half) => pool.run('sumOfBigFibs', half))));
        return { verify: () => run(1), run, close: () => pool.close() };
      },
    },
    'runtime, parallelMap': {
      async setup() {
        const { parallelMap, Runtime } = await import('@concurrency-lab/runtime');
        const { bigFib } = await import('./workers/runtime.mjs');
        const rt = Runtime.builder().workerThreads(2).build();
        const run = adding(() => parallelMap(rt, bigFib, MIX));
        return { verify: () => run(1), run, close: () => rt.shutdown() };
      },
    },
    ...subjectsOf(
      (pool) => ({
        verify: () => verifyPool(pool),
        run: adding(() => Promise.all(MIX.map((n) => pool.run('bigFib', n)))),
      }),
      { workers: 2 },
    ),
  },
};
