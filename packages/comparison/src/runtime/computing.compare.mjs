// Tasks that compute, of very different length: how well two workers share them. The ratio to the main
// thread is the speed-up.

import { subjectsOf, verifyPool } from './pools.mjs';
import { tasks } from './workers/tasks.mjs';

/** From some microseconds to some milliseconds, the long ones last, where they hurt most. */
const MIX = [...Array.from({ length: 40 }, () => 12), ...Array.from({ length: 12 }, () => 20), 24, 25, 26];
const SUM = MIX.reduce((sum, n) => sum + tasks.fib(n), 0);

const adding = (run) => async (operations) => {
  for (let i = 0; i < operations; i++) {
    const values = await Promise.all(MIX.map(run));
    if (values.reduce((sum, value) => sum + value, 0) !== SUM) throw new Error('the sum is wrong');
  }
};

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'a mix of 55 fib tasks, 2 workers',
  unit: '/s',
  reference: 'main thread',
  threads: 2,
  block: 200,
  chart: 'bars',
  subjects: {
    'main thread': {
      setup() {
        const run = adding(tasks.fib);
        return { verify: () => run(1), run };
      },
    },
    ...subjectsOf((pool) => ({ verify: () => verifyPool(pool), run: adding((n) => pool.run('fib', n)) }), {
      workers: 2,
    }),
  },
};
