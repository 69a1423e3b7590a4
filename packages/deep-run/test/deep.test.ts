// Each part of the deep run, for a moment: it passes on what is there, and fails on what was
// broken on purpose, with the command that runs it again.

import { expect, it, vi } from 'vitest';
import { deep } from '../src/deep.mjs';
import { chaos, type Part, parts, soak } from '../src/parts.mjs';

vi.setConfig({ testTimeout: 600_000 }); // each does a least number of rounds, however slow the machine is

/** Runs a part for some seconds. */
async function run(part: Part, seconds: number): Promise<{ failures: Awaited<ReturnType<typeof deep>>; said: string }> {
  let said = '';
  const failures = await deep([part], { minutes: seconds / 60, seed: 7, write: (text) => (said += text) });
  return { failures, said };
}

const quick = parts().filter(({ name }) => /^(soak|chaos):/.test(name));

it('has a soak for each kind of package, and chaos for what outlives a worker', () => {
  expect(quick.map(({ name }) => name)).toEqual([
    'soak:ring',
    'soak:oneshot',
    'soak:mutex',
    'soak:executor',
    'chaos:mutex',
    'chaos:ring',
    'chaos:oneshot',
    'chaos:runtime',
  ]);
});

it.each(quick)('$name passes', async (part) => {
  const { failures, said } = await run(part, 1);
  expect(failures, said).toEqual([]);
  expect(said).toMatch(/\d+ rounds/);
});

it.each([
  [soak('leak', 'planted-leak'), /soak planted-leak, seed 7, after \d+ rounds: heap grew from/],
  [soak('slot', 'planted-slot'), /soak planted-slot, seed 7, after \d+ rounds: 63 of 64 slots are free/],
  [chaos('loss', 'planted-loss'), /chaos planted-loss, seed 7, round 2: Error: a value was lost/],
])('what is planted is found, and replayed by one command: $name', async (part, shows) => {
  const { failures, said } = await run(part, 2);
  expect(failures).toHaveLength(1);
  expect(failures[0]!.output).toMatch(shows);
  expect(failures[0]!.replay).toBe(`npm run deep -- --only ${part.name} --seed 7 --minutes 1`);
  expect(said).toContain(failures[0]!.replay);
});

it('a part that begins again takes the next seed each time, until one fails', async () => {
  const failing: Part = {
    name: 'failing',
    again: true,
    command: (_, seed) => ({
      program: process.execPath,
      args: ['--eval', `process.exit(${seed} === 9 ? 1 : 0)`],
      cwd: '.',
    }),
  };
  const { failures } = await run(failing, 60);
  expect(failures).toMatchObject([{ seed: 9, replay: 'npm run deep -- --only failing --seed 9 --minutes 1' }]);
});

const long = { name: 'long', minutes: 4 };
const few = { name: 'few' };
const many = { name: 'many', share: 3 };
it.each<[number, readonly Omit<Part, 'command'>[], Record<string, number>]>([
  [1, [long, few, many], { few: 15, many: 45 }],
  [8, [long, few, many], { long: 240, few: 60, many: 180 }],
  [1, [long], { long: 240 }],
])(
  'of %d minutes, each part has what it always takes, or its share of the rest: %j',
  async (minutes, all, expected) => {
    const given: Record<string, number> = {};
    const timed = all.map((part) => ({
      ...part,
      command: (seconds: number) => {
        given[part.name] = seconds;
        return { program: process.execPath, args: ['--eval', ''], cwd: '.' };
      },
    }));
    let said = '';
    expect(await deep(timed, { minutes, seed: 7, write: (text) => (said += text) })).toEqual([]);
    expect(given).toEqual(expected);
    const isLeftOut = said.includes('long was left out: it takes 4 minutes, and there are 1 for all');
    expect(isLeftOut).toBe(!('long' in expected));
  },
);

it('a part that hangs beyond its time is stopped', async () => {
  const endless: Part = {
    name: 'endless',
    again: true,
    command: () => ({ program: process.execPath, args: ['--eval', 'setInterval(() => {}, 1000)'], cwd: '.' }),
  };
  const { failures, said } = await run(endless, 1);
  expect(failures).toEqual([]);
  expect(said).toContain('endless was stopped when its time was up');
});
