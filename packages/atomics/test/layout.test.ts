import { describe, expect, expectTypeOf, it } from 'vitest';
import { CACHE_LINE_BYTES, defineLayout, FALSE_SHARING_BYTES, InvalidArgumentError } from '../src/index.ts';

describe('defineLayout', () => {
  it('places fields in order, each aligned to its element', () => {
    const layout = defineLayout({ flag: 'uint8', count: 'int32', small: 'uint16', big: 'bigint64' });
    expect(layout.byteOffset).toEqual({ flag: 0, count: 4, small: 8, big: 16 });
    expect(layout.index).toEqual({ flag: 0, count: 1, small: 4, big: 2 });
    expect(layout.byteLength).toBe(24);
    expect(layout.byteAlignment).toBe(8);
  });

  it('keeps an isolated field away from what comes before and after it', () => {
    const layout = defineLayout({
      before: 'int32',
      alone: { kind: 'int32', isolated: true },
      after: 'int32',
      beside: 'int32',
    });
    expect(layout.byteOffset).toEqual({ before: 0, alone: 128, after: 256, beside: 260 });
    expect(layout.byteLength).toBe(384);
    expect(layout.byteAlignment).toBe(FALSE_SHARING_BYTES);
  });

  it('pads the end, so that structures laid side by side keep an isolated last field alone', () => {
    const layout = defineLayout({ first: 'int32', last: { kind: 'int32', isolated: true } });
    expect(layout.byteLength % FALSE_SHARING_BYTES).toBe(0);
    expect(layout.byteLength - layout.byteOffset.last).toBe(FALSE_SHARING_BYTES);
  });

  it('counts the elements of arrays', () => {
    const layout = defineLayout({ slots: { kind: 'float64', count: 3 }, end: 'uint8' });
    expect(layout.byteOffset.end).toBe(24);
    expect(layout.byteLength).toBe(32);
  });

  it('separates false sharing by whole cache lines', () => {
    expect(FALSE_SHARING_BYTES % CACHE_LINE_BYTES).toBe(0);
  });

  it.each([
    ['an unknown kind', { x: 'int128' }, 'the kind of the field "x" must be one of int8, uint8'],
    ['a kind of Object.prototype', { x: 'toString' }, 'must be one of'],
    ['a count of zero', { x: { kind: 'int32', count: 0 } }, 'count of the field "x" must be an integer from 1'],
    ['a count that is NaN', { x: { kind: 'int32', count: Number.NaN } }, 'not NaN'],
    ['a fractional count', { x: { kind: 'int32', count: 1.5 } }, 'not 1.5'],
  ])('refuses %s', (_, fields, message) => {
    const define = (): unknown => defineLayout(fields as never);
    expect(define).toThrow(InvalidArgumentError);
    expect(define).toThrow(message);
  });

  it('knows its fields by name', () => {
    const layout = defineLayout({ head: 'int32', tail: { kind: 'int32', isolated: true } });
    expectTypeOf(layout.index).toEqualTypeOf<Readonly<Record<'head' | 'tail', number>>>();
    // @ts-expect-error -- there is no such field
    expect(layout.index.middle).toBeUndefined();
  });
});
