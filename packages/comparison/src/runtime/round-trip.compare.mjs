// One task after the other: the latency of a task on an idle pool.

import { subjectsOf, verifyPool } from './pools.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'a trivial task, there and back, one after the other',
  unit: 'µs',
  reference: 'piscina',
  threads: 2,
  block: 200,
  chart: 'latency',
  subjects: subjectsOf(
    (pool) => ({
      verify: () => verifyPool(pool),
      async run(operations) {
        const latencies = new Float64Array(operations);
        for (let i = 0; i < operations; i++) {
          const begin = process.hrtime.bigint();
          if ((await pool.run('increment', i)) !== i + 1) throw new Error(`${i} has a wrong result`);
          latencies[i] = Number(process.hrtime.bigint() - begin);
        }
        return { latencies };
      },
    }),
    { workers: 2, settings: { 'runtime, spinning': { kind: 'runtime', spinTime: 0.2 } } },
  ),
};
