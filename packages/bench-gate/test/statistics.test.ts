import { describe, expect, it } from 'vitest';
import { bootstrapInterval, median, medianInterval, quantile, random } from '../src/statistics.mjs';

describe('quantile', () => {
  it('interpolates between neighbours, whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([10, 0], 0.25)).toBe(2.5);
    expect(quantile([7], 0.9)).toBe(7);
  });

  it('refuses what has no quantile', () => {
    expect(() => median([])).toThrow('no values');
    expect(() => median([1, Number.NaN])).toThrow('NaN');
  });
});

describe('medianInterval', () => {
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

  // Tables of the sign test: the order statistics that hold the median with at least 99 % (95 %).
  it.each([
    [10, 0.99, 1, 10],
    [20, 0.99, 4, 17],
    [50, 0.99, 16, 35],
    [10, 0.95, 2, 9],
    [25, 0.95, 8, 18],
  ])('of %i values at %d is from the %ith to the %ith', (n, confidence, low, high) => {
    expect(medianInterval(upTo(n), confidence)).toEqual({ median: (n + 1) / 2, low, high });
  });

  it('of too few values is all of them', () => {
    expect(medianInterval([5, 1, 3])).toEqual({ median: 3, low: 1, high: 5 });
  });

  it('holds the true median as often as it says, also of a skewed distribution', () => {
    const next = random(7);
    let held = 0;
    for (let trial = 0; trial < 2000; trial++) {
      // Exponential: the median is ln 2.
      const { low, high } = medianInterval(Array.from({ length: 41 }, () => -Math.log(1 - next())));
      if (low <= Math.LN2 && Math.LN2 <= high) held++;
    }
    expect(held).toBeGreaterThanOrEqual(1970);
    expect(held).toBeLessThan(2000); // an interval that never misses is wider than need be
  });
});

describe('bootstrapInterval', () => {
  it('is the same for the same values, lies around the median, and narrows with more of them', () => {
    const next = random(3);
    const few = Array.from({ length: 7 }, () => 1 + next());
    const many = Array.from({ length: 70 }, () => 1 + next());
    expect(bootstrapInterval(few)).toEqual(bootstrapInterval(few));
    for (const values of [few, many]) {
      const interval = bootstrapInterval(values);
      expect(interval.median).toBe(median(values));
      expect(interval.low).toBeLessThan(interval.median);
      expect(interval.high).toBeGreaterThan(interval.median);
    }
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    expect(width(bootstrapInterval(many))).toBeLessThan(width(bootstrapInterval(few)));
  });
});
