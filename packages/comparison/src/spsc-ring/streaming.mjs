// Numbers from another thread to this one, one push and one pop each, both sides spinning.

import { startPartner } from './partner.mjs';
import { makeRing, openTaker } from './rings.mjs';

/** Makes the fixture of a ring, by its name in rings.mjs. */
export async function streaming(name, capacity) {
  const there = await makeRing(name, capacity);
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
