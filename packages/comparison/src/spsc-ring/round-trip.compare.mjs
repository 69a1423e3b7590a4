// A number to the other thread and back, over two rings, both sides spinning.

import { startPartner } from './partner.mjs';
import { makeRing, openSender, openTaker } from './rings.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'a number there and back, over two rings, spinning',
  unit: 'ns',
  reference: 'ringbuf.js',
  threads: 2,
  chart: 'bars',
  subjects: {
    'push and pop': { package: '@concurrency-lab/spsc-ring', setup: () => pingPong('each') },
    'ringbuf.js': { package: 'ringbuf.js', setup: () => pingPong('ringbuf.js') },
  },
};

async function pingPong(name) {
  const back = await makeRing(name);
  const there = await makeRing(name);
  const partner = startPartner({ what: 'answer', there, back });
  const sender = await openSender(back);
  const taker = await openTaker(there);
  const run = (operations) => {
    partner.begin(operations);
    for (let i = 0; i < operations; i++) {
      sender.one(i & 1023);
      if (taker.one() !== (i & 1023)) throw new Error(`answer ${i} was wrong`);
    }
  };
  return { verify: () => run(1000), run, close: partner.close };
}
