// What a pool costs besides running tasks: the time until a new worker has run its first one, the memory of
// a task that waits in the queue, and the time that an idle pool computes.

import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pools, verifyPool } from './pools.mjs';

const QUEUED = 10_000;
const IDLE = 300;

setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');

async function queueAndRest(pool) {
  collect();
  const before = process.memoryUsage();
  const running = Array.from({ length: QUEUED }, (_, i) => pool.run('increment', i));
  const queued = process.memoryUsage();
  await Promise.all(running);
  const bytes = queued.heapUsed + queued.external - before.heapUsed - before.external;
  await sleep(50);
  const { user, system } = process.cpuUsage();
  const begin = performance.now();
  await sleep(IDLE);
  const idle = process.cpuUsage();
  const computed = (idle.user + idle.system - user - system) / 1000;
  return {
    'bytes a queued task': bytes / QUEUED,
    'idle, ms of CPU a second': (computed * 1000) / (performance.now() - begin),
  };
}

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'start a pool of 1 worker until its first task is done',
  unit: 'ms',
  reference: 'piscina',
  operations: 1,
  chart: 'bars',
  subjects: Object.fromEntries(
    Object.entries(pools).map(([name, { package: npm, unsupported, open }]) => [
      name,
      {
        ...(npm === undefined ? {} : { package: npm }),
        ...(unsupported === undefined ? {} : { unsupported }),
        setup: () => ({
          async verify() {
            const pool = await open({ workers: 1 });
            await verifyPool(pool);
            await pool.close();
          },
          async run() {
            const begin = performance.now();
            const pool = await open({ workers: 1 });
            await pool.run('increment', 1);
            const milliseconds = performance.now() - begin;
            const extra = await queueAndRest(pool);
            await pool.close();
            return { milliseconds, extra };
          },
        }),
      },
    ]),
  ),
};
