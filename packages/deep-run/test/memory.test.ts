import { describe, expect, it } from 'vitest';
import { BOUNDS, growth, type Sample } from '../src/memory.mjs';

const samples = (heaps: readonly number[]): Sample[] => heaps.map((heap) => ({ heap, buffers: 0, rss: 0 }));

describe('growth', () => {
  it('is none where memory goes up and down', () => {
    expect(growth(samples([5e6, 9e6, 5e6, 9e6, 5e6, 9e6, 5e6, 9e6, 5e6]))).toEqual([]);
  });

  it('is found where memory goes up a little with each sample', () => {
    const leak = Array.from({ length: 24 }, (_, i) => 5e6 + i * 0.3e6);
    expect(growth(samples(leak))).toEqual(['heap grew from 6.2 MB to 11.0 MB; 3.0 MB may come and go']);
  });

  it('is not found in one sample that is far off', () => {
    expect(growth(samples([5e6, 5e6, 5e6, 5e6, 5e6, 5e6, 5e6, 99e6, 5e6]))).toEqual([]);
  });

  it.each(['heap', 'buffers', 'rss'] as const)('of %s may reach its bound, and no more', (kind) => {
    const steps = (last: number): Sample[] =>
      [0, 0, 0, 0, last, last].map((bytes) => ({ heap: 0, buffers: 0, rss: 0, [kind]: bytes }));
    expect(growth(steps(BOUNDS[kind]))).toEqual([]);
    expect(growth(steps(BOUNDS[kind] + 1))).toEqual([expect.stringContaining(`${kind} grew`)]);
  });

  it('needs enough samples', () => {
    expect(() => growth(samples([1, 2, 3, 4, 5]))).toThrow('six samples or more tell something, not 5');
  });
});
