// Many trivial tasks at once: what it costs to hand a task over and to get its result.

import { subjectsOf, verifyPool } from './pools.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: '10,000 trivial tasks at once, 2 workers',
  unit: 'k/s',
  reference: 'piscina',
  threads: 2,
  operations: 10_000,
  chart: 'bars',
  subjects: subjectsOf(
    (pool) => ({
      verify: () => verifyPool(pool),
      async run(operations) {
        const answers = await Promise.all(Array.from({ length: operations }, (_, i) => pool.run('increment', i)));
        if (answers[operations - 1] !== operations) throw new Error('the last task has a wrong result');
      },
    }),
    {
      workers: 2,
      settings: {
        'piscina, 64 a worker': { kind: 'piscina', concurrent: 64 },
        'tinypool, 64 a worker': { kind: 'tinypool', concurrent: 64 },
        'poolifier, queue, 64 a worker': { kind: 'poolifier', concurrent: 64 },
      },
    },
  ),
};
