import { expect } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { defineLayout, type ElementKind, FALSE_SHARING_BYTES, type FieldSpec } from '../src/index.ts';

const BYTES: Record<ElementKind, number> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
  bigint64: 8,
  biguint64: 8,
};

const kind = fc.constantFrom(...(Object.keys(BYTES) as ElementKind[]));
const field: fc.Arbitrary<Exclude<FieldSpec, string>> = fc.record({
  kind,
  count: fc.integer({ min: 1, max: 40 }),
  isolated: fc.boolean(),
});
const fields = fc.array(field, { minLength: 1, maxLength: 12 });

test.prop([fields])('fields lie in order, aligned, apart, within the structure', (specs) => {
  const layout = defineLayout(Object.fromEntries(specs.map((spec, i) => [`f${i}`, spec])));
  let end = 0;
  specs.forEach((spec, i) => {
    const size = BYTES[spec.kind];
    const start = layout.byteOffset[`f${i}`]!;
    expect(start).toBeGreaterThanOrEqual(end);
    expect(start % size).toBe(0);
    expect(layout.index[`f${i}`]).toBe(start / size);
    expect(layout.byteAlignment % size).toBe(0);
    end = start + size * spec.count!;
  });
  expect(layout.byteLength).toBeGreaterThanOrEqual(end);
  expect(layout.byteLength % layout.byteAlignment).toBe(0);
});

test.prop([fields])('nothing else lies within the false-sharing distance of an isolated field', (specs) => {
  const layout = defineLayout(Object.fromEntries(specs.map((spec, i) => [`f${i}`, spec])));
  const blocks = specs.map((spec, i) => {
    const start = layout.byteOffset[`f${i}`]!;
    const last = start + BYTES[spec.kind] * spec.count! - 1;
    return [Math.floor(start / FALSE_SHARING_BYTES), Math.floor(last / FALSE_SHARING_BYTES)] as const;
  });
  specs.forEach((spec, i) => {
    if (spec.isolated !== true) return;
    blocks.forEach(([first, last], j) => {
      if (i !== j) expect(last < blocks[i]![0] || first > blocks[i]![1]).toBe(true);
    });
  });
});
