// Numbers from one thread to another, one push and one pop each, both sides spinning.

import { nativeRing, unsupported } from './native.mjs';
import { startPartner } from './partner.mjs';
import { makeRing, openTaker } from './rings.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'float32 numbers between two threads, one at a time, 1024 slots',
  unit: 'M/s',
  reference: 'ringbuf.js',
  threads: 2,
  chart: 'bars',
  subjects: {
    'push and pop': { package: '@concurrency-lab/spsc-ring', setup: () => streaming('each') },
    'push and pop, published every 64': { package: '@concurrency-lab/spsc-ring', setup: () => streaming('every64') },
    'push and pop, published lazily': { package: '@concurrency-lab/spsc-ring', setup: () => streaming('lazy') },
    'ringbuf.js': { package: 'ringbuf.js', setup: () => streaming('ringbuf.js') },
    'C++, seq_cst indices': { unsupported, setup: () => nativeRing('seq_cst') },
    'C++, seq_cst indices, slots handed back 64 at once': { unsupported, setup: () => nativeRing('seq_cst-batched') },
    'C++, acquire and release': { unsupported, setup: () => nativeRing('release') },
  },
};

async function streaming(name) {
  const there = await makeRing(name);
  const taker = await openTaker(there);
  const partner = startPartner({ what: 'send', there });
  const run = (operations) => {
    partner.begin(operations);
    let wrong = 0;
    for (let i = 0; i < operations; i++) if (taker.one() !== (i & 1023)) wrong++;
    if (wrong > 0) throw new Error(`${wrong} of ${operations} numbers were wrong`);
  };
  return { verify: () => run(10_000), run, close: partner.close };
}
