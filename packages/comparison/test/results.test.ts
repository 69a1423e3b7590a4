import { describe, expect, it } from 'vitest';
import type { Comparison } from '../src/harness/definition.mjs';
import { round, time } from '../src/harness/describe.mjs';
import { addLatencies, latencyQuantile, mergeHistograms, newHistogram } from '../src/harness/latency.mjs';
import { pairedRatios, reduce } from '../src/harness/results.mjs';
import type { Sample } from '../src/harness/sample.mjs';
import { speedRatio, toUnit } from '../src/harness/unit.mjs';

const sample = (figure: number, calibration?: [number, number]): Sample => ({
  runtime: 'Node 20.20.2',
  figure,
  ...(calibration === undefined ? {} : { calibration }),
});

describe('units', () => {
  it.each([
    ['/s', 100],
    ['k/s', 0.1],
    ['M/s', 0.0001],
    ['ns', 1e7],
    ['µs', 1e4],
    ['ms', 10],
  ] as const)('%s', (unit, figure) => {
    expect(toUnit(unit, 5, 50)).toBeCloseTo(figure, 10);
  });

  it('a ratio above 1 is faster, for rates and for times', () => {
    expect(speedRatio('M/s', 30, 10)).toBe(3);
    expect(speedRatio('ns', 30, 10)).toBeCloseTo(1 / 3);
  });
});

describe('latencies', () => {
  it('come back as quantiles within a bucket, 6 %', () => {
    const histogram = newHistogram();
    addLatencies(
      histogram,
      Array.from({ length: 1000 }, (_, i) => 1000 + i),
    );
    expect(latencyQuantile(histogram, 0.5) / 1500).toBeCloseTo(1, 1);
    expect(Math.abs(latencyQuantile(histogram, 0.99) / 1990 - 1)).toBeLessThan(0.06);
    const twice = mergeHistograms([histogram, histogram]);
    expect(twice.count).toBe(2000);
    expect(latencyQuantile(twice, 0.9)).toBe(latencyQuantile(histogram, 0.9));
  });

  it('below the clock’s step count as the shortest; nonsense is refused', () => {
    const histogram = newHistogram();
    addLatencies(histogram, new Float64Array([0, 0.5]));
    expect(histogram.buckets).toEqual({ 0: 2 });
    expect(() => addLatencies(histogram, [-1])).toThrow('a latency cannot be -1 ns');
    expect(() => addLatencies(histogram, [Number.NaN])).toThrow('a latency cannot be NaN ns');
  });
});

describe('ratios', () => {
  it('are taken within the rounds', () => {
    expect(pairedRatios('M/s', [sample(10), sample(40)], [sample(5), sample(10)])).toEqual([2, 4]);
  });

  it('of contended samples pair equal placements, if most rounds have them', () => {
    const near: [number, number] = [110, 120];
    const far: [number, number] = [450, 430];
    const ours = [sample(10, near), sample(20, near), sample(99, far)];
    expect(pairedRatios('M/s', ours, [sample(5, near), sample(5, near), sample(1, near)])).toEqual([2, 4]);
    expect(pairedRatios('M/s', ours, [sample(5, far), sample(5, far), sample(1, far)])).toEqual([2, 4, 99]);
  });
});

it('reduces samples to what is kept', () => {
  const comparison: Comparison = {
    title: 'lock',
    unit: 'M/s',
    reference: 'peer',
    threads: 2,
    subjects: {
      ours: { package: '@concurrency-lab/spinlock', setup: () => Promise.reject(new Error('unused')) },
      peer: { package: 'async-mutex', setup: () => Promise.reject(new Error('unused')) },
      absent: { setup: () => Promise.reject(new Error('unused')) },
    },
  };
  const calibration: [number, number] = [110.4, 120.6];
  const [ours, peer, absent] = reduce(comparison, [
    { subject: 'ours', parameter: undefined, samples: [10, 20, 30].map((figure) => sample(figure, calibration)) },
    { subject: 'peer', parameter: undefined, samples: [5, 10, 20].map((figure) => sample(figure, calibration)) },
    {
      subject: 'absent',
      parameter: undefined,
      samples: [{ runtime: 'Node 20.20.2', unsupported: 'it does not load' }],
    },
  ]);
  expect(ours).toEqual({
    subject: 'ours',
    figure: 20,
    ratio: { median: 2, low: 1.5, high: 2 },
    pairs: 3,
    figures: [10, 20, 30],
    calibrations: [
      [110, 121],
      [110, 121],
      [110, 121],
    ],
  });
  expect(peer!.version).toBe('async-mutex@0.5.0');
  expect(peer!.ratio!.median).toBe(1);
  expect(absent).toEqual({ subject: 'absent', unsupported: 'it does not load' });
});

it('shows what can be measured again', () => {
  expect([1234.5, 0.0567, 98.76, 1.234, 0, 23_456].map(round)).toEqual(['1230', '0.057', '99', '1.23', '0', '23,000']);
  expect([130, 56_700, 2_000_000].map(time)).toEqual(['130 ns', '57 µs', '2 ms']);
});
