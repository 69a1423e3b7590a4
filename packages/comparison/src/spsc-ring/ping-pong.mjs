// A number to the other thread and back, over two rings, both sides spinning.

import { startPartner } from './partner.mjs';
import { makeRing, openSender, openTaker } from './rings.mjs';

/** Makes the fixture of a ring, by its name in rings.mjs; `timed` keeps how long each took. */
export async function pingPong(name, timed = false) {
  const back = await makeRing(name);
  const there = await makeRing(name);
  const partner = startPartner({ what: 'answer', there, back });
  const sender = await openSender(back);
  const taker = await openTaker(there);
  const once = (i) => {
    sender.one(i & 1023);
    if (taker.one() !== (i & 1023)) throw new Error(`answer ${i} was wrong`);
  };
  const run = (operations) => {
    partner.begin(operations);
    if (!timed) {
      for (let i = 0; i < operations; i++) once(i);
      return undefined;
    }
    const latencies = new Float64Array(operations);
    for (let i = 0; i < operations; i++) {
      const begin = performance.now();
      once(i);
      latencies[i] = (performance.now() - begin) * 1e6;
    }
    return { latencies };
  };
  return { verify: () => run(1000), run, close: partner.close };
}
