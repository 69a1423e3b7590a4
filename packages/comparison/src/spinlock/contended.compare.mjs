// A lock that two or four threads contend for all the time: lock, increment, unlock. Fairness is
// the share of the thread that had the fewest, divided by that of the one that had the most.

import { Worker } from 'node:worker_threads';
import { locks } from '../../../spinlock/bench/locks.mjs';

const worker = new URL('workers/contender.mjs', import.meta.url);
const MILLISECONDS = 60;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts the threads; a run lets them contend for a while. */
async function contend(threads, name, lock) {
  const control = new Int32Array(new SharedArrayBuffer(4 * 32 * (threads + 3)));
  const workers = Array.from(
    { length: threads },
    (_, index) => new Worker(worker, { workerData: { index, name, lock, control } }),
  );
  const idle = async () => {
    while (Atomics.load(control, 32) < threads) await pause(1);
  };
  await idle();
  const run = async (milliseconds) => {
    const begin = performance.now();
    Atomics.store(control, 32, 0);
    Atomics.store(control, 0, 1);
    Atomics.notify(control, 0);
    await pause(milliseconds);
    Atomics.store(control, 0, 0);
    const elapsed = performance.now() - begin;
    await idle();
    const counts = workers.map((_, index) => control[32 * (index + 3)]);
    const operations = counts.reduce((sum, count) => sum + count, 0);
    if (control[64] !== operations) throw new Error(`${operations} were counted as ${control[64]}`);
    control[64] = 0;
    return { operations, milliseconds: elapsed, extra: { fairness: Math.min(...counts) / Math.max(...counts) } };
  };
  return {
    verify: () => run(30),
    run: () => run(MILLISECONDS),
    async close() {
      await Promise.all(workers.map((each) => each.terminate()));
    },
  };
}

const handmade = (name, npm) => ({
  ...(npm && { package: npm }),
  async setup({ parameter }) {
    const { buffer, handle } = locks[name].create();
    return contend(Number(parameter), name, { buffer, handle });
  },
});

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'lock, increment, unlock, all threads at once',
  unit: 'M/s',
  reference: 'bare compare-and-swap loop',
  chart: 'bars',
  threads: 2,
  operations: 1, // runs last a while instead
  parameter: { name: 'threads', values: [2, 4] },
  subjects: {
    Mutex: handmade('Mutex', '@concurrency-lab/spinlock'),
    SpinLock: handmade('SpinLock', '@concurrency-lab/spinlock'),
    TicketLock: handmade('TicketLock', '@concurrency-lab/spinlock'),
    'bare compare-and-swap loop': handmade('bare compare-and-swap loop'),
    'three-state futex': handmade('three-state futex'),
    'two states, always notifies': handmade('two states, always notifies'),
    'multithreading, blockingLock': {
      package: 'multithreading',
      unsupported: ({ name, major }) => (name === 'Node' && major < 24 ? 'does not load' : undefined),
      setup: ({ parameter }) => contend(Number(parameter), 'multithreading', { buffer: new SharedArrayBuffer(64) }),
    },
  },
};
