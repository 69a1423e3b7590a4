// Machines that were compiled do what the generator functions do that they were compiled from.

import { expect } from 'vitest';
import { test } from '../../../vitest.prop.ts';
import { programs, write } from './compiler/programs.ts';
import { moduleOf, runCompiled, runNative } from './compiler/world.ts';

test.prop([programs])('a random program', async (nodes) => {
  const code = moduleOf(write(nodes));
  const args = [3, 4, [5, 6]];
  const expected = runNative(code, args);
  await expect(runCompiled(code, args), code).resolves.toEqual(expected);
});
