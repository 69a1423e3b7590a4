// A lock that nobody contends for: lock, increment, unlock, on one thread.

import { locks } from '../../../spinlock/bench/locks.mjs';

const data = new Int32Array(new SharedArrayBuffer(4));

/** Verifies that a run adds what it says. */
async function verify(run) {
  data[0] = 0;
  await run(10);
  if (data[0] !== 10) throw new Error(`10 were counted as ${data[0]}`);
}

/** A lock of ../../../spinlock/bench/locks.mjs. */
const handmade = (name, npm) => ({
  ...(npm && { package: npm }),
  setup() {
    const lock = locks[name].create();
    const run = (operations) => {
      for (let i = 0; i < operations; i++) {
        lock.lock();
        data[0]++;
        lock.unlock();
      }
    };
    return { verify: () => verify(run), run };
  },
});

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'lock, increment, unlock, one thread',
  unit: 'M/s',
  reference: 'bare compare-and-swap loop',
  chart: 'bars',
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
      async setup() {
        const { Mutex } = await import('multithreading');
        const mutex = new Mutex();
        const run = (operations) => {
          for (let i = 0; i < operations; i++) {
            const guard = mutex.blockingLock();
            data[0]++;
            guard.dispose();
          }
        };
        return { verify: () => verify(run), run };
      },
    },
    'async-mutex': {
      package: 'async-mutex',
      async setup() {
        const { Mutex } = await import('async-mutex');
        const mutex = new Mutex();
        const run = async (operations) => {
          for (let i = 0; i < operations; i++) {
            const release = await mutex.acquire();
            data[0]++;
            release();
          }
        };
        return { verify: () => verify(run), run };
      },
    },
  },
};
