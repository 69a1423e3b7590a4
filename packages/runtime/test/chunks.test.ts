// How lists are cut into pieces for workers: all of it, once, and so that all workers end at about the same time.

import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { chunksOf, type Chunk } from '../src/parallel/chunks.ts';

const size = ({ from, to }: Chunk): number => to - from;

const lengths = fc.integer({ min: 0, max: 10_000 });
const workers = fc.integer({ min: 1, max: 64 });

test.prop([lengths, workers, fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined })])(
  'cuts all of a list, in its order',
  (length, count, chunk) => {
    const chunks = chunksOf(length, count, chunk);
    expect(chunks.map(({ from }) => from)).toEqual([0, ...chunks.map(({ to }) => to)].slice(0, chunks.length));
    expect(chunks.at(-1)?.to ?? 0).toBe(length);
    expect(chunks.every((piece) => size(piece) > 0)).toBe(true);
    if (chunk !== undefined) expect(chunks.slice(0, -1).every((piece) => size(piece) === chunk)).toBe(true);
  },
);

test.prop([lengths, workers])('makes pieces smaller, and not too many of them', (length, count) => {
  const sizes = chunksOf(length, count, undefined).map(size);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  expect(sizes.length).toBeLessThanOrEqual(32 * count);
});

describe.each([2, 4, 8])('%i workers who take pieces in their order end together', (count) => {
  it.each<[string, (index: number) => number]>([
    ['like one another', () => 1],
    ['ever more', (index) => index],
    ['ever less', (index) => 1000 - index],
    ['with the cube', (index) => index ** 3],
    ['much now and then', (index) => (index % 97 === 0 ? 10 : 1)],
  ])('where items take %s', (_, cost) => {
    const busy = Array.from({ length: count }, () => 0);
    let all = 0;
    for (const { from, to } of chunksOf(1000, count, undefined)) {
      let time = 0;
      for (let index = from; index < to; index++) time += cost(index);
      busy[busy.indexOf(Math.min(...busy))]! += time;
      all += time;
    }
    expect(all / Math.max(...busy)).toBeGreaterThan(0.96 * count);
  });
});
