// @ts-check
// Plants slow-downs: on one side, every so many calls of a case are made twice. The side does
// exactly that part more work, of the case's own kind.

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES } from '../src/trees.mjs';

/**
 * Makes the cases of a side longer.
 * @param {string} side
 * @param {string} folder of the package
 * @param {number} part 0.1 for 10 %
 */
export function plantSlowDown(side, folder, part) {
  const cases = join(side, 'packages', folder, CASES);
  const original = cases.replace(/gate\.mjs$/, 'original.mjs');
  if (!existsSync(original)) renameSync(cases, original);
  writeFileSync(cases, wrapper(Math.round(1 / part)));
}

/** @param {number} every */
const wrapper = (every) => `
import { cases as originals } from './original.mjs';

export const cases = originals.map((original) => ({
  ...original,
  async setup(module, prepared) {
    const made = await original.setup(module, prepared);
    const { call, close } = typeof made === 'function' ? { call: made } : made;
    let calls = 0;
    const isAsync = call() instanceof Promise;
    const slower = isAsync
      ? async () => {
          if (++calls % ${every} === 0) await call();
          await call();
        }
      : () => {
          if (++calls % ${every} === 0) call();
          call();
        };
    return { call: slower, ...(close === undefined ? {} : { close }) };
  },
}));
`;
