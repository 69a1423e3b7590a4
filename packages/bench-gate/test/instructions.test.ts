// What two counts show, without counting.

import { describe, expect, it } from 'vitest';
import { compareCounts } from '../src/instructions.mjs';

const count = (median: number, spread = 1): { median: number; low: number; high: number } => ({
  median,
  low: median / spread,
  high: median * spread,
});

describe('two counts', () => {
  it.each([
    [1000, 1100, 'regression'],
    [1000, 1021, 'regression'],
    [1000, 1019, 'inconclusive'],
    [1000, 1000, 'inconclusive'],
    [1000, 900, 'improvement'],
  ])('%i and %i: %s', (base, head, verdict) => {
    expect(compareCounts(count(base), count(head)).verdict).toBe(verdict);
  });

  it('are compared by their medians, and shown with what the windows spread over', () => {
    const { verdict, processes } = compareCounts(count(1000, 1.1), count(1100, 1.1));
    expect(verdict).toBe('regression');
    expect(processes[0]!.instructions).toEqual({ base: 1000, head: 1100 });
    expect(processes[0]!.ratio!.low).toBeCloseTo(1.1 / 1.21, 5);
    expect(processes[0]!.ratio!.high).toBeCloseTo(1.1 * 1.21, 5);
  });
});
