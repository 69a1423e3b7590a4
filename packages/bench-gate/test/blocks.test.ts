// The measuring itself, on a clock of its own: what a call takes is exact, and what the machine
// does besides is made up.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { measureQuads, type Quads, type Timing } from '../src/blocks.mjs';
import { judge } from '../src/gate.mjs';
import { cpuClock } from '../src/loop.mjs';
import { medianInterval, random } from '../src/statistics.mjs';

const TIMING: Timing = { least: 31, most: 251, narrow: 0.03, block: 2, warmUp: 20, patience: 3000 };

/** Milliseconds that have passed, the machine's factor included. */
let now = 0;
/** How slow the machine is at that time; 1 is its usual. */
let machine: (at: number) => number = () => 1;

const call = (milliseconds: number) => (): void => {
  now += milliseconds * machine(now);
};

function measure(base: number[], head: number[], timing: Partial<Timing> = {}): Promise<Quads> {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const calls = { base: base.map(call), head: head.map(call) };
  return measureQuads(calls, { ...TIMING, ...timing, headFirst: false, clock: () => now });
}

async function ratio(base: number[], head: number[]): Promise<{ low: number; median: number; high: number }> {
  const { low, median, high } = medianInterval((await measure(base, head)).logs);
  return { low: Math.exp(low), median: Math.exp(median), high: Math.exp(high) };
}

const four = (milliseconds: number): number[] => [milliseconds, milliseconds, milliseconds, milliseconds];

afterEach(() => {
  vi.restoreAllMocks();
  machine = () => 1;
});

const machines: [string, () => (at: number) => number][] = [
  ['is quiet', () => () => 1],
  ['gets slower all the time', () => (at) => 1 + at / 500],
  ['is twice as slow every other 40 ms', () => (at) => (Math.floor(at / 40) % 2 === 0 ? 1 : 2)],
  [
    'stops for 20 ms now and then',
    () => {
      const next = random(5);
      return () => (next() < 0.0005 ? 2000 : 1);
    },
  ],
  [
    'is noisy by a fifth',
    () => {
      const next = random(9);
      let noise = 1;
      let until = 0;
      return (at) => {
        if (at > until) [noise, until] = [1 + 0.2 * next(), at + 1];
        return noise;
      };
    },
  ],
];

describe.each(machines)('on a machine that %s', (_, make) => {
  it('equal sides are equal', async () => {
    machine = make();
    const interval = await ratio(four(0.01), four(0.01));
    expect(interval.median).toBeCloseTo(1, 2);
    expect(judge(interval, 1.05)).toBe('inconclusive');
  });

  it.each([
    [1.1, 'regression'],
    [1.3, 'regression'],
    [0.9, 'improvement'],
    [1.02, 'inconclusive'],
  ])('a head that takes %d of the time is found so', async (part, verdict) => {
    machine = make();
    const interval = await ratio(four(0.01), four(0.01 * part));
    expect(interval.median).toBeCloseTo(part, 1);
    expect(judge(interval, 1.05)).toBe(verdict);
  });
});

it('one unlucky copy does not decide', async () => {
  const interval = await ratio(four(0.01), [0.0112, 0.01, 0.01, 0.01]);
  expect(judge(interval, 1.05)).toBe('inconclusive');
});

it('fills blocks with as many calls as their time allows', async () => {
  expect((await measure(four(0.01), four(0.01))).calls).toBeGreaterThan(100);
  expect((await measure(four(7), four(7))).calls).toBe(1);
});

it('takes few quads where they agree, more where they do not, and never more than the most', async () => {
  expect((await measure(four(0.01), four(0.01))).logs).toHaveLength(40);
  const next = random(4);
  machine = () => 0.2 + next() * 4;
  const noisy = await measure(four(2), four(2), { patience: Infinity });
  expect(noisy.logs).toHaveLength(TIMING.most);
});

it('does with what it has when its patience ends', async () => {
  expect((await measure(four(50), four(50))).logs).toHaveLength(16); // of 200 ms each
  expect((await measure(four(500), four(500))).logs).toHaveLength(12);
});

it('awaits calls that give promises', async () => {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const slow = (milliseconds: number) => async (): Promise<void> => {
    now += await Promise.resolve(milliseconds);
  };
  const { logs } = await measureQuads(
    { base: [slow(0.1), slow(0.1)], head: [slow(0.2), slow(0.2)] },
    { ...TIMING, headFirst: true, clock: () => now },
  );
  expect(Math.exp(medianInterval(logs).median)).toBeCloseTo(2, 5);
});

it('the clock of a single thread counts computing, and no sleep', () => {
  // What other threads of this process compute meanwhile counts too, but not again and again.
  const sleep = (): number => {
    const begin = cpuClock();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    return cpuClock() - begin;
  };
  let asleep = sleep();
  for (let tries = 0; tries < 20 && asleep >= 100; tries++) asleep = sleep();
  expect(asleep).toBeLessThan(100);
  const awake = cpuClock();
  let passes = 0;
  while (cpuClock() - awake < 20) passes++;
  expect(passes).toBeGreaterThan(0);
});
