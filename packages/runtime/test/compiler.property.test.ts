// Machines that were compiled do what the generator functions do that they were compiled from.

import { expect, it } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { programs, write } from './compiler/programs.ts';
import { moduleOf, runCompiled, runNative } from './compiler/world.ts';

const args = [3, 4, [5, 6]];
const numRuns = Number(process.env['FC_RUNS'] ?? 150);

test.prop([programs], { numRuns })(
  'a random program',
  async (nodes) => {
    const code = moduleOf(write(nodes));
    const expected = runNative(code, args);
    await expect(runCompiled(code, args), code).resolves.toMatchObject(expected);
  },
  120_000 + numRuns * 200, // compiling is most of it
);

it('random programs wait, do something, and come to all kinds of ends', async () => {
  const codes = fc.sample(programs, { numRuns: 50, seed: 1 }).map((nodes) => moduleOf(write(nodes)));
  const outcomes = await Promise.all(codes.map((code) => runCompiled(code, args)));
  expect(outcomes.filter(({ polls }) => polls > 3).length).toBeGreaterThan(25);
  expect(outcomes.filter(({ trace }) => trace.length > 3).length).toBeGreaterThan(25);
  const ends = outcomes.map(({ end }) => JSON.stringify(end));
  expect(ends.filter((end) => end === '{}').length).toBeGreaterThan(5); // nothing was returned
  expect(ends.filter((end) => end.startsWith('{"value"')).length).toBeGreaterThan(2);
  expect(ends.filter((end) => end.startsWith('{"error":"failure')).length).toBeGreaterThan(5);
});
