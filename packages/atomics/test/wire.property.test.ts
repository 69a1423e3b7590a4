// What a writer wrote, a reader reads as structured clone would have it; what cannot be written
// is refused by its place.

import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { InvalidArgumentError } from '../src/index.ts';
import { type Carrier, Reader, Writer } from '../src/wire/index.ts';

/** Carries shared memory, by its number in a list. */
class Letter implements Carrier {
  readonly capacity: number;
  readonly #enclosed: object[] = [];

  constructor(capacity: number = 1 << 20) {
    this.capacity = capacity;
  }

  tooLarge(): Error {
    return new RangeError('too large');
  }

  carries(_value: object, className: string): boolean {
    return className === 'SharedArrayBuffer';
  }

  write(writer: Writer, value: object): void {
    writer.count(this.#enclosed.push(value) - 1);
  }

  read(reader: Reader): object {
    return this.#enclosed[reader.count()]!;
  }
}

const writer = new Writer();
const reader = new Reader(1 << 20);

/** Writes a value and reads it again, with objects that were used before. */
function carry(value: unknown, letter: Letter = new Letter()): unknown {
  writer.reset(letter).value(value, 'the value');
  reader.bytes.set(writer.bytes.subarray(0, writer.length));
  return reader.read(letter);
}

const plain = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withBoxedValues: true,
  withUnicodeString: true,
  withNullPrototype: false,
});

describe('a value', () => {
  test.prop([plain])('is read as structured clone would have it', (value) => {
    expect(carry(value)).toStrictEqual(structuredClone(value));
  });

  test.prop([fc.double()])('that is a number is read bit by bit', (value) => {
    expect(Object.is(carry(value), value)).toBe(true);
    expect(Object.is((carry([value]) as number[])[0], value)).toBe(true);
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(300), fc.nat(0xffff)])(
    'that is a string keeps every unit, lone surrogates too',
    (text, at, unit) => {
      const value = text.slice(0, at) + String.fromCharCode(unit) + text.slice(at);
      expect(carry(value)).toBe(value);
    },
  );

  test.prop([fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n })])('that is a bigint keeps its digits', (value) => {
    expect(carry(value)).toBe(value);
  });

  test.prop([fc.string({ minLength: 50, maxLength: 5000, unit: fc.constantFrom('a', 'é', '漢', '😀', '\uFEFF') })])(
    'that is a long string is read whole',
    (value) => {
      expect(carry(value)).toBe(value);
    },
  );

  it.each([
    ['an invalid date', new Date(NaN)],
    ['a regular expression', /a+b/gi],
    ['a buffer', new Uint8Array([1, 2, 3]).buffer],
    ['a view of a part', new Uint16Array([1, 2, 3, 4]).subarray(1, 3)],
    ['a DataView', new DataView(new Uint8Array([9, 8, 7]).buffer, 1, 2)],
    ['an own __proto__', JSON.parse('{"__proto__": {"polluted": true}}')],
    ['holes', [1, , 3, ,]], // oxlint-disable-line no-sparse-arrays
  ])('that is %s', (_, value: unknown) => {
    expect(carry(value)).toStrictEqual(structuredClone(value));
  });

  const { Float16Array: Half } = globalThis as { readonly Float16Array?: typeof Float32Array };
  it.skipIf(Half === undefined)('that is of half floats, where the engine has them', () => {
    const copy = carry(new Half!([1.5, -0, Infinity]));
    expect(copy).toBeInstanceOf(Half);
    expect([...(copy as Float32Array)]).toEqual([1.5, -0, Infinity]);
  });

  it('keeps cycles and shared parts', () => {
    const part = { name: 'part' };
    const value: Record<string, unknown> = { a: part, b: [part], map: new Map([[part, part]]), set: new Set([part]) };
    value['self'] = value;
    const copy = carry(value) as typeof value;
    expect(copy['self']).toBe(copy);
    expect((copy['b'] as unknown[])[0]).toBe(copy['a']);
    expect([...(copy['map'] as Map<unknown, unknown>)][0]).toEqual([copy['a'], copy['a']]);
    expect(copy).toStrictEqual(value);
  });

  it('keeps names of properties apart that differ in one place', () => {
    for (const names of [
      ['axb', 'ayb', 'axb'],
      ['', 'a'],
      ['x'.repeat(24), 'x'.repeat(25), 'ÿÿ', '\u0100'],
    ]) {
      const value = names.map((name, i) => ({ [name]: i }));
      expect(carry(value)).toEqual(value);
      expect(carry(value)).toEqual(value);
    }
  });
});

describe('an error', () => {
  it('keeps class, message, stack, cause, and its own properties', () => {
    class HttpError extends RangeError {
      override readonly name = 'HttpError';
      readonly status = 404;
    }
    const error = new HttpError('gone', { cause: new TypeError('deeper') });
    const copy = carry(error) as HttpError;
    expect(copy).toBeInstanceOf(RangeError);
    expect(Object.entries(copy)).toEqual([['status', 404]]);
    expect([copy.name, copy.message, copy.stack]).toEqual(['HttpError', 'gone', error.stack]);
    expect(copy.cause).toBeInstanceOf(TypeError);
    expect((copy.cause as Error).message).toBe('deeper');
  });

  it('that is an AggregateError keeps its errors', () => {
    const copy = carry(new AggregateError([new RangeError('one'), 2], 'all')) as AggregateError;
    expect(copy).toBeInstanceOf(AggregateError);
    expect([copy.name, copy.message, copy.errors.length, copy.errors[1]]).toEqual(['AggregateError', 'all', 2, 2]);
    expect(copy.errors[0]).toBeInstanceOf(RangeError);
    expect(Object.keys(copy)).toEqual([]);
  });

  it('that is a DOMException keeps its name, and its code by it', () => {
    const error = new DOMException('too slow', 'TimeoutError');
    const copy = carry({ error, again: error }) as { error: DOMException; again: DOMException };
    expect(copy.error).toBeInstanceOf(DOMException);
    expect([copy.error.name, copy.error.message, copy.error.code]).toEqual(['TimeoutError', 'too slow', 23]);
    expect(copy.again).toBe(copy.error);
  });

  it('may be its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    const copy = carry(error) as Error;
    expect(copy.cause).toBe(copy);
  });
});

describe('what the carrier passes', () => {
  it('arrives by reference, also under views, and is numbered like any object', () => {
    const memory = new SharedArrayBuffer(64);
    const other = new SharedArrayBuffer(8);
    const before = { name: 'before' };
    const value = {
      before,
      view: new Int32Array(memory, 8, 4),
      bytes: new Uint8Array(memory),
      memory,
      list: [before, other, new DataView(other, 4), memory],
    };
    const copy = carry(value) as typeof value;
    expect(copy.view).toBeInstanceOf(Int32Array);
    expect([copy.view.buffer === memory, copy.view.byteOffset, copy.view.length]).toEqual([true, 8, 4]);
    expect([copy.bytes.buffer === memory, copy.memory === memory, copy.bytes.length]).toEqual([true, true, 64]);
    expect(copy.list[0]).toBe(copy.before);
    expect([copy.list[1] === other, copy.list[3] === memory]).toEqual([true, true]);
    const view = copy.list[2] as DataView;
    expect([view.buffer === other, view.byteOffset, view.byteLength]).toEqual([true, 4, 4]);
  });
});

describe('what cannot be written', () => {
  it.each([
    ['a function', () => 1, 'the value is a function, which cannot be sent'],
    ['a symbol within', { list: [Symbol('s')] }, 'the value.list[0] is a symbol'],
    ['a promise', { later: Promise.resolve() }, 'the value.later is of class Promise'],
    ['a WeakMap in a Map', new Map([['key', new WeakMap()]]), 'a value of the value is of class WeakMap'],
  ])('%s is refused by its place, and the writer lives on', (_, value: unknown, message) => {
    expect(() => carry(value)).toThrow(message);
    expect(() => carry(value)).toThrow(InvalidArgumentError);
    expect(carry('instead')).toBe('instead');
  });

  it('is what the carrier has no room for, up to the byte', () => {
    expect(carry('x'.repeat(90), new Letter(95))).toHaveLength(90);
    expect(() => carry('x'.repeat(91), new Letter(95))).toThrow('too large');
    expect(() => carry('é'.repeat(90), new Letter(95))).not.toThrow();
    expect(() => carry('漢'.repeat(46), new Letter(95))).toThrow('too large');
  });

  it('is anything, without a carrier', () => {
    expect(() => new Writer().value(1, 'the value')).toThrow('begin with reset(carrier)');
    const released = new Writer().reset(new Letter());
    released.release();
    expect(() => released.value(1, 'the value')).toThrow('begin with reset(carrier)');
  });
});
