// Writes plain data as bytes: what structured clone carries, except what cannot leave a thread
// by value, unless the carrier passes it. Objects that occur twice, or in themselves, are
// written once. The bytes are private; they are copied to where they are going once they are
// complete and known to fit, so that a value which cannot be written leaves nothing behind.

import { InvalidArgumentError } from '../errors.ts';
import type { Carrier } from './carrier.ts';
import { writeObject } from './objects.ts';
import { BIGINT, BIGINT64, DOUBLE, FALSE, INT32, LATIN1, NULL, SEEN, TRUE, UNDEFINED, UTF16, UTF8 } from './tags.ts';

const FIRST_BYTES = 1024;
/** From this length on, TextEncoder is faster than a loop. */
const LONG_STRING = 96;
/** Up to so many objects, looking through them is faster than a map. */
const FEW = 12;

/** Carries nothing: the carrier of a writer that is not in use. */
const NOBODY: Carrier = {
  capacity: 0,
  tooLarge: () => new InvalidArgumentError('this writer has no carrier: begin with reset(carrier)'),
  carries: () => false,
  write() {},
  read: () => ({}),
};

/**
 * Writes values as bytes, as many as its {@link Carrier} has room for.
 *
 * What it writes is what structured clone carries by value, equal by `toStrictEqual` to what
 * structured clone gives, with three differences: a view travels alone, not with the buffer
 * around it; an error keeps its name, its own properties and the errors of an `AggregateError`;
 * and of an array its elements travel, not what else was set on it, as on a match of a `RegExp`.
 * An instance of a class unknown to the platform becomes a plain object, as there.
 *
 * @example
 * ```ts
 * import { type Carrier, Reader, Writer } from '@concurrency-lab/atomics/wire';
 *
 * const letter: Carrier = {
 *   capacity: 1000,
 *   tooLarge: () => new RangeError('at most 1000 bytes'),
 *   carries: () => false, // nothing but plain data
 *   write() {},
 *   read: () => ({}),
 * };
 * const writer = new Writer().reset(letter);
 * writer.value({ when: new Date(0), tags: new Set(['a']) }, 'the value');
 * const reader = new Reader(1000);
 * reader.bytes.set(writer.bytes.subarray(0, writer.length));
 * reader.read(letter); // => { when: new Date(0), tags: new Set(['a']) }
 * ```
 */
export class Writer {
  /** Holds what was written in its first {@link Writer.length} bytes; another array once it has grown. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_BYTES);
  /** Counts the bytes that were written. */
  length = 0;
  /** Says what may be written. */
  carrier: Carrier = NOBODY;
  #view: DataView<ArrayBuffer> = new DataView(this.bytes.buffer);
  #seen: object[] = [];
  #numbers: Map<object, number> | undefined = undefined;

  /** Starts again with nothing written. */
  reset(carrier: Carrier): this {
    this.length = 0;
    this.carrier = carrier;
    if (this.#seen.length > 0) this.#seen = [];
    this.#numbers = undefined;
    return this;
  }

  /** Starts again, and forgets the carrier and all that was written: for a writer that is kept. */
  release(): void {
    this.reset(NOBODY);
  }

  /**
   * Makes room for so many bytes more, and returns where they begin.
   *
   * @throws the carrier's error where it has no room for them
   */
  reserve(count: number): number {
    const from = this.length;
    const end = from + count;
    if (end > this.carrier.capacity) throw this.carrier.tooLarge();
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.min(this.carrier.capacity, Math.max(end, this.bytes.length * 2)));
      grown.set(this.bytes.subarray(0, from));
      this.bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.length = end;
    return from;
  }

  /** Writes one byte. */
  byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  /** Writes a count, 0 to 4,294,967,295. */
  count(value: number): void {
    const at = this.reserve(4);
    this.#view.setUint32(at, value, true);
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.bytes.set(bytes, at); // CALLER: who sends an array lets nobody write it meanwhile.
  }

  /**
   * Writes a value.
   *
   * @param path - what an error calls it
   * @throws {InvalidArgumentError} on what cannot leave its thread; the message says where in the value it stands
   * @throws the carrier's error where it has no room
   */
  value(value: unknown, path: string): void {
    switch (typeof value) {
      case 'string':
        return this.string(value);
      case 'number':
        return this.number(value);
      case 'boolean':
        return this.byte(value ? TRUE : FALSE);
      case 'undefined':
        return this.byte(UNDEFINED);
      case 'bigint':
        return this.#bigint(value);
      case 'object':
        return value === null ? this.byte(NULL) : this.#object(value, path);
      case 'function':
      case 'symbol':
      default:
        throw new InvalidArgumentError(`${path} is a ${typeof value}, which cannot be sent to another thread`);
    }
  }

  /** Writes a number with its tag. */
  number(value: number): void {
    const isInt = (value | 0) === value && !Object.is(value, -0);
    this.byte(isInt ? INT32 : DOUBLE);
    const at = this.reserve(isInt ? 4 : 8);
    if (isInt) this.#view.setInt32(at, value, true);
    else this.#view.setFloat64(at, value, true);
  }

  #bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.byte(BIGINT64);
      const at = this.reserve(8);
      this.#view.setBigInt64(at, value, true);
    } else {
      this.byte(BIGINT);
      this.string(value < 0n ? `-${(-value).toString(16)}` : value.toString(16));
    }
  }

  /** Writes a string with its tag, in the shortest form that keeps it exactly. */
  string(value: string): void {
    const { length } = value;
    if (length >= LONG_STRING && this.#utf8(value)) return;
    const start = this.reserve(5);
    let at = this.reserve(length);
    const { bytes } = this;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0xff) {
        this.length = start;
        return this.#utf16(value);
      }
      bytes[at++] = unit;
    }
    this.bytes[start] = LATIN1;
    this.#view.setUint32(start + 1, length, true);
  }

  #utf16(value: string): void {
    const { length } = value;
    this.byte(UTF16);
    this.count(length);
    let at = this.reserve(length * 2);
    for (let i = 0; i < length; i++, at += 2) this.#view.setUint16(at, value.charCodeAt(i), true);
  }

  /** Writes a long string as UTF-8, unless that would change it or the platform cannot. */
  #utf8(value: string): boolean {
    if (typeof TextEncoder !== 'function' || !isWellFormed(value)) return false;
    const start = this.reserve(5);
    const encoded = new TextEncoder().encode(value);
    this.raw(encoded);
    this.bytes[start] = UTF8;
    this.#view.setUint32(start + 1, encoded.length, true);
    return true;
  }

  #object(value: object, path: string): void {
    const number = this.#note(value);
    if (number === -1) return writeObject(this, value, path);
    this.byte(SEEN);
    this.count(number);
  }

  /** Gives the number of an object that was written before; gives it one and -1 where it was not. */
  #note(value: object): number {
    const seen = this.#seen;
    const { length } = seen;
    if (length < FEW) {
      const number = seen.indexOf(value);
      if (number === -1) seen.push(value);
      return number;
    }
    const numbers = (this.#numbers ??= new Map(seen.map((object, number) => [object, number])));
    const number = numbers.get(value);
    if (number !== undefined) return number;
    numbers.set(value, numbers.size);
    return -1;
  }
}

/** Tells whether a string has no lone surrogate. */
function isWellFormed(value: string): boolean {
  const native = (value as { isWellFormed?: () => boolean }).isWellFormed;
  if (native !== undefined) return native.call(value);
  try {
    return encodeURIComponent(value) !== '';
  } catch {
    return false;
  }
}
