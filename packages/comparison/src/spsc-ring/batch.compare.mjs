// Numbers from one thread to another, in blocks that are copied in and out, both sides spinning.

import { startPartner } from './partner.mjs';
import { makeRing, openTaker } from './rings.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'float32 numbers between two threads, by pushMany and popMany, 1024 slots',
  unit: 'M/s',
  reference: 'ringbuf.js',
  threads: 2,
  parameter: { name: 'numbers at once', values: [8, 32, 128, 1024] },
  chart: 'lines',
  subjects: {
    'pushMany and popMany': {
      package: '@concurrency-lab/spsc-ring',
      setup: ({ parameter }) => streaming('each', parameter),
    },
    'ringbuf.js': { package: 'ringbuf.js', setup: ({ parameter }) => streaming('ringbuf.js', parameter) },
  },
};

async function streaming(name, batch) {
  const there = await makeRing(name);
  const taker = await openTaker(there);
  const partner = startPartner({ what: 'sendBlocks', there, batch });
  const block = new Float32Array(batch);
  const run = (wanted) => {
    const operations = Math.ceil(wanted / batch) * batch;
    partner.begin(operations);
    for (let i = 0; i < operations; i += batch) {
      taker.many(block);
      if (block[0] !== ((i / batch) & 1023) || block[batch - 1] !== batch - 1)
        throw new Error(`a block is wrong at ${i}`);
    }
    return { operations };
  };
  return { verify: () => run(20 * batch), run, close: partner.close };
}
