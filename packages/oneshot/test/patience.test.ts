// Whether a wait spins, after what spinning has come to before.

import { expect, it } from 'vitest';
import { Patience } from '../src/patience.ts';

/** Lets so many waits pass that would all spin in vain, and counts those that spun. */
function inVain(patience: Patience, waits: number): number {
  let spun = 0;
  for (let i = 0; i < waits; i++) {
    if (!patience.next()) continue;
    spun++;
    patience.miss();
  }
  return spun;
}

it('spins at first, and ever more rarely in vain', () => {
  const patience = new Patience();
  expect(inVain(patience, 511)).toBe(9); // the 1st, 3rd, 6th, 11th … 264th; each gap twice as long
  expect(inVain(patience, 257 * 4)).toBe(4);
});

it('goes on spinning while it pays', () => {
  const patience = new Patience();
  inVain(patience, 2000);
  while (!patience.next());
  for (let i = 0; i < 8; i++) {
    patience.hit();
    expect(patience.next()).toBe(true);
  }
  patience.miss();
  expect(patience.next()).toBe(false); // one wait, and no more than one
  expect(patience.next()).toBe(true);
});
