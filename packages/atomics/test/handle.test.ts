import vm from 'node:vm';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  defineLayout,
  defineStructure,
  type Handle,
  HEADER_FIELDS,
  InvalidArgumentError,
  InvalidHandleError,
  InvalidRegionError,
} from '../src/index.ts';

const LAYOUT = defineLayout({ ...HEADER_FIELDS, value: 'int32', wide: 'float64' });
const BOX = defineStructure({ kind: 'box', version: 3, ...LAYOUT });
const CRATE = defineStructure({ kind: 'crate', version: 3, ...LAYOUT });

describe('a structure', () => {
  it('is opened by the clone of its handle, and shares its words', () => {
    const here = BOX.create();
    const there = BOX.from(structuredClone(here.handle));
    Atomics.store(here.words, LAYOUT.index.value, 7);
    expect(Atomics.load(there.words, LAYOUT.index.value)).toBe(7);
    expect(there.handle).toMatchObject({ kind: 'box', version: 3, byteOffset: 0 });
  });

  it('lies in the memory it is given, and touches nothing around it', () => {
    const buffer = new SharedArrayBuffer(96);
    const bytes = new Uint8Array(buffer).fill(0xee);
    bytes.fill(0, 32, 64);
    const region = BOX.at(buffer, 32);
    expect(region.byteOffset).toBe(32);
    expect(region.words.byteOffset).toBe(32);
    expect(region.words.byteLength).toBe(LAYOUT.byteLength);
    expect(bytes.subarray(0, 32).every((byte) => byte === 0xee)).toBe(true);
    expect(bytes.subarray(64).every((byte) => byte === 0xee)).toBe(true);
    expect(BOX.from(region.handle).byteOffset).toBe(32);
  });

  it('may be longer than its fixed part, and says so to those who open it', () => {
    const region = BOX.create(256);
    expect(region.buffer.byteLength).toBe(256);
    expect(BOX.from(region.handle).byteLength).toBe(256);
  });

  it('accepts memory of another realm', () => {
    const foreign = vm.runInNewContext('new SharedArrayBuffer(64)') as SharedArrayBuffer;
    expect(BOX.from(BOX.at(foreign, 0).handle).buffer).toBe(foreign);
  });

  it('is placed once: the second time names the way to open it, and changes nothing', () => {
    const buffer = new SharedArrayBuffer(64);
    const region = BOX.at(buffer, 0);
    Atomics.store(region.words, LAYOUT.index.value, 5);
    expect(() => CRATE.at(buffer, 0)).toThrow(InvalidRegionError);
    expect(() => CRATE.at(buffer, 0)).toThrow('byte 0 is not zeroed');
    expect(Atomics.load(BOX.from(region.handle).words, LAYOUT.index.value)).toBe(5);
  });

  it('has the kind in the type of its handle', () => {
    expectTypeOf(BOX.create().handle).toEqualTypeOf<Handle<'box'>>();
    // @ts-expect-error -- the handle of another kind
    expect(() => CRATE.from(BOX.create().handle)).toThrow('expected the handle of a crate, not of a box');
  });
});

it.each([undefined, null, 5, ''])('a structure is not defined with a kind that no handle can carry: %s', (kind) => {
  const spec = { kind: kind as never, version: 1, byteLength: 16, byteAlignment: 4 };
  expect(() => defineStructure(spec)).toThrow('kind must be a string that is not empty, not ');
});

describe('placing a structure refuses', () => {
  const shared = new SharedArrayBuffer(64);
  it.each([
    ['no buffer', undefined, 0, 'a box needs a SharedArrayBuffer, not undefined'],
    ['a buffer that is not shared', new ArrayBuffer(64), 0, 'not an object of class ArrayBuffer'],
    ['a view of shared memory', new Int32Array(shared), 0, 'not an object of class Int32Array'],
    ['a misaligned offset', shared, 4, 'a box must begin at a multiple of 8 bytes, not at 4'],
    ['a negative offset', shared, -8, 'not at -8'],
    ['a fractional offset', shared, 0.5, 'not at 0.5'],
    ['an offset that is NaN', shared, Number.NaN, 'not at NaN'],
    ['an offset that is a string', shared, '8', 'not at "8"'],
    ['a region that is too short', shared, 48, 'a box at byte 48 takes 32 bytes, but the buffer ends at byte 64'],
    ['an offset past the end', shared, 128, 'but the buffer ends at byte 64'],
  ])('%s', (_, buffer, byteOffset, message) => {
    const place = (): unknown => BOX.at(buffer as SharedArrayBuffer, byteOffset as number);
    expect(place).toThrow(InvalidRegionError);
    expect(place).toThrow(message);
  });

  it.each([8, Number.NaN, 32.5, 2 ** 31])('a length of %d bytes', (byteLength) => {
    expect(() => BOX.create(byteLength)).toThrow(InvalidArgumentError);
    expect(() => BOX.at(shared, 0, byteLength)).toThrow('byteLength must be an integer from 32 to 2147483647');
  });
});

describe('opening a structure refuses', () => {
  const box = BOX.at(new SharedArrayBuffer(128), 64);
  const { handle } = box;
  it.each([
    ['nothing', undefined, 'expected the handle of a box, not undefined'],
    ['null', null, 'not null'],
    ['a number', 5, 'not 5'],
    ['an object that is no handle', {}, 'not an object of class Object'],
    ['another kind', { ...handle, kind: 'crate' }, 'expected the handle of a box, not of a crate'],
    ['another version', { ...handle, version: 2 }, 'this box has version 2, and this package reads version 3'],
    ['a handle without a buffer', { ...handle, buffer: undefined }, 'needs a SharedArrayBuffer, not undefined'],
    ['a misaligned offset', { ...handle, byteOffset: 68 }, 'must begin at a multiple of 8 bytes, not at 68'],
    ['an offset past the end', { ...handle, byteOffset: 120 }, 'the buffer ends at byte 128'],
    ['memory that holds nothing', { ...handle, byteOffset: 0 }, 'byte 0 of this buffer does not hold a box'],
    ['memory that holds another kind', { ...CRATE.create().handle, kind: 'box' }, 'does not hold a box'],
  ])('%s', (_, given, message) => {
    const open = (): unknown => BOX.from(given as Handle<'box'>);
    expect(open).toThrow(InvalidHandleError);
    expect(open).toThrow(message);
  });

  it('a region whose own length passes the end of the buffer', () => {
    const long = BOX.create(128);
    const truncated = new SharedArrayBuffer(64);
    new Int32Array(truncated).set(long.words.subarray(0, 16));
    expect(() => BOX.from({ ...long.handle, buffer: truncated })).toThrow('says it takes 128 bytes');
  });
});

it.each([
  [{ version: 0 }, 'version must be an integer from 1'],
  [{ byteLength: 8 }, 'byteLength must be an integer from 16'],
  [{ byteAlignment: 2 }, 'byteAlignment must be an integer from 4'],
  [{ byteAlignment: 24 }, 'byteAlignment must be a power of two, not 24'],
])('a structure is not defined with %o', (wrong, message) => {
  const define = (): unknown =>
    defineStructure({ kind: 'bad', version: 1, byteLength: 32, byteAlignment: 4, ...wrong });
  expect(define).toThrow(InvalidArgumentError);
  expect(define).toThrow(message);
});
