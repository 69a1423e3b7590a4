// @ts-check
// Plants slow-downs: makes the cases of a side a given part longer, by work of another kind that
// is measured against the case itself when it is set up.

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES } from '../src/trees.mjs';

/**
 * Makes every call of a side's cases longer.
 * @param {string} side
 * @param {string} folder of the package
 * @param {number} part 0.1 for 10 %
 */
export function plantSlowDown(side, folder, part) {
  const cases = join(side, 'packages', folder, CASES);
  const original = cases.replace(/gate\.mjs$/, 'original.mjs');
  if (!existsSync(original)) renameSync(cases, original);
  writeFileSync(cases, wrapper(part));
}

/** @param {number} part */
const wrapper = (part) => `
import { cases as originals } from './original.mjs';

let sink = 1;
function burn(steps) {
  for (let i = 0; i < steps; i++) sink = Math.imul(sink, 48271) ^ i;
}

async function timeOf(call, times) {
  const begin = performance.now();
  for (let i = 0; i < times; i++) {
    const result = call();
    if (result instanceof Promise) await result;
  }
  return (performance.now() - begin) / times;
}

const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Finds out how many steps take that part of a call, both warm, in blocks of 2 ms that alternate. */
async function stepsFor(call) {
  let times = 1;
  for (const begin = performance.now(); performance.now() - begin < 100; ) {
    const took = (await timeOf(call, times)) * times;
    burn(1e5);
    if (took < 2) times *= 2;
  }
  const ratios = [];
  for (let i = 0; i < 31; i++) {
    const ofCall = await timeOf(call, times);
    const ofStep = (await timeOf(() => burn(1e6), 2)) / 1e6;
    ratios.push(ofCall / ofStep);
  }
  return Math.round(middle(ratios) * ${part});
}

export const cases = originals.map((original) => ({
  ...original,
  async setup(module) {
    const made = await original.setup(module);
    const { call, close } = typeof made === 'function' ? { call: made } : made;
    const steps = await stepsFor(call);
    const slower =
      call() instanceof Promise
        ? async () => {
            await call();
            burn(steps);
          }
        : () => {
            call();
            burn(steps);
          };
    return { call: slower, ...(close === undefined ? {} : { close }) };
  },
}));
`;
