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

  it.each([
    [1000, 1100, 1.03, 'regression'],
    [1000, 1100, 1.1, 'inconclusive'],
    [1100, 1000, 1.1, 'inconclusive'],
  ])('%i and %i, whose windows spread by %d: %s', (base, head, spread, verdict) => {
    const compared = compareCounts(count(base, spread), count(head, spread));
    expect(compared.verdict).toBe(verdict);
    expect(compared.processes[0]!.instructions).toEqual({ base, head });
    expect(compared.processes[0]!.ratio!.low).toBeCloseTo(head / base / spread ** 2, 5);
    expect(compared.processes[0]!.ratio!.high).toBeCloseTo((head / base) * spread ** 2, 5);
  });
});
