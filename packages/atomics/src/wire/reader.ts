// Reads what the writer wrote. The bytes were copied here, and come from this package on
// another thread, so they are trusted to be whole.

import type { Carrier } from './carrier.ts';
import {
  ARRAY,
  BIGINT,
  BIGINT64,
  BOXED,
  BUFFER,
  CARRIED,
  DATE,
  DOM_EXCEPTION,
  DOUBLE,
  ERROR,
  ERRORS,
  FALSE,
  HOLE,
  INT32,
  LATIN1,
  MAP,
  NULL,
  OBJECT,
  REGEXP,
  SEEN,
  SET,
  TRUE,
  UNDEFINED,
  UTF16,
  UTF8,
  VIEW,
  VIEW_OF,
  VIEWS,
} from './tags.ts';

/** Up to this length, adding one unit after another is faster than a call with all of them. */
const SHORT_STRING = 24;
/** How many names of properties a reader remembers. */
const KEYS = 64;
/** How many units `String.fromCharCode` is given at once. */
const UNITS = 4096;
/** The properties of errors that are not enumerable. */
const HIDDEN = new Set(['message', 'stack', 'cause', 'errors', 'name']);

/**
 * Reads values from the bytes that a `Writer` wrote.
 *
 * @example
 * ```ts
 * import { type Carrier, Reader, Writer } from '@concurrency-lab/atomics/wire';
 *
 * const plain: Carrier = { capacity: 64, tooLarge: () => new RangeError('too large'), carries: () => false, write() {}, read: () => ({}) };
 * const writer = new Writer().reset(plain);
 * writer.value([1, 'two', 3n], 'the value');
 * const reader = new Reader(64);
 * reader.bytes.set(writer.bytes.subarray(0, writer.length));
 * reader.read(plain); // => [1, 'two', 3n]
 * ```
 */
export class Reader {
  /** Takes the bytes that are to be read, from its beginning. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  #carrier: Carrier | undefined = undefined;
  #seen: (object | undefined)[] = [];
  /** Names of properties that were read before: an engine is slow to look up a new string. */
  readonly #keys: string[] = Array.from({ length: KEYS }, () => '');
  #at = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Reads the value whose bytes were copied here; `carrier` reads what it carried itself. */
  read(carrier: Carrier): unknown {
    this.#carrier = carrier;
    try {
      return this.#value();
    } finally {
      this.#carrier = undefined;
      this.#at = 0;
      if (this.#seen.length > 0) this.#seen = [];
    }
  }

  #value(): unknown {
    return this.#tagged(this.byte());
  }

  #tagged(tag: number): unknown {
    switch (tag) {
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case INT32:
        return this.#view.getInt32(this.#skip(4), true);
      case DOUBLE:
        return this.#view.getFloat64(this.#skip(8), true);
      case BIGINT64:
        return this.#view.getBigInt64(this.#skip(8), true);
      case BIGINT:
        return hexadecimal(this.#value() as string);
      case LATIN1:
      case UTF16:
      case UTF8:
        return this.#string(tag);
      case SEEN:
        return this.#seen[this.count()];
      default:
        return this.#object(tag);
    }
  }

  #skip(count: number): number {
    const at = this.#at;
    this.#at = at + count;
    return at;
  }

  /** Reads one byte; for carriers. */
  byte(): number {
    return this.bytes[this.#at++]!;
  }

  /** Reads a count; for carriers. */
  count(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  #raw(count: number): Uint8Array<ArrayBuffer> {
    const at = this.#skip(count);
    return this.bytes.slice(at, at + count);
  }

  #string(tag: number): string {
    const count = this.count();
    const from = this.#skip(tag === UTF16 ? count * 2 : count);
    if (tag === UTF8) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes.subarray(from, this.#at));
    let text = '';
    if (tag === LATIN1 && count <= SHORT_STRING) {
      for (let at = from; at < this.#at; at++) text += String.fromCharCode(this.bytes[at]!);
      return text;
    }
    for (let done = 0; done < count; done += UNITS) {
      const length = Math.min(UNITS, count - done);
      const units =
        tag === LATIN1 ? this.bytes.subarray(from + done, from + done + length) : this.#units(from + done * 2, length);
      text += String.fromCharCode.apply(null, units as unknown as number[]);
    }
    return text;
  }

  /** Reads the name of a property, by comparing it with one that was read before where it can. */
  #key(): string {
    const { bytes } = this;
    const length = bytes[this.#at] === LATIN1 ? this.#view.getUint32(this.#at + 1, true) : Infinity;
    if (length > SHORT_STRING) return this.#value() as string;
    const from = this.#at + 5;
    const place = (length + bytes[from]! * 3 + bytes[from + length - 1]! * 7) % KEYS;
    const known = this.#keys[place]!;
    if (!isAt(bytes, from, length, known)) return (this.#keys[place] = this.#value() as string);
    this.#at = from + length;
    return known;
  }

  #units(from: number, length: number): number[] {
    return Array.from({ length }, (_, i) => this.#view.getUint16(from + i * 2, true));
  }

  /** Notes an object under its number before what is in it is read. */
  #note<T extends object>(object: T): T {
    this.#seen.push(object);
    return object;
  }

  #object(tag: number): object {
    switch (tag) {
      case OBJECT:
        return this.#properties(this.#note({}));
      case ARRAY:
        return this.#array();
      case MAP:
        return this.#map();
      case SET:
        return this.#set();
      case ERROR:
        return this.#error();
      case CARRIED:
        return this.#note(this.#carrier!.read(this));
      case DATE:
        return this.#note(new Date(this.#value() as number));
      case REGEXP:
        return this.#note(new RegExp(this.#value() as string, this.#value() as string));
      case BUFFER:
        return this.#note(this.#raw(this.count()).buffer);
      case BOXED:
        return this.#note(Object(this.#value()) as object);
      case VIEW:
        return this.#note(this.#ownView());
      case VIEW_OF:
        return this.#viewOf();
      default:
        throw new TypeError(`the bytes of a value are damaged: there is no tag ${tag}`);
    }
  }

  #ownView(): object {
    const View = VIEWS[this.byte()]!;
    const byteLength = this.count();
    return new View(this.#raw(byteLength).buffer, 0, byteLength / elementBytes(View));
  }

  /** Reads a view of a buffer that follows it, and so has the next number. */
  #viewOf(): object {
    const number = this.#seen.push(undefined) - 1;
    const View = VIEWS[this.byte()]!;
    const byteOffset = this.count();
    const byteLength = this.count();
    const buffer = this.#value() as ArrayBufferLike;
    return (this.#seen[number] = new View(buffer, byteOffset, byteLength / elementBytes(View)));
  }

  #array(): unknown[] {
    const length = this.count();
    const array: unknown[] = this.#note([]);
    for (let i = 0; i < length; i++) {
      const tag = this.byte();
      if (tag === HOLE) array.length = i + 1;
      else array[i] = this.#tagged(tag);
    }
    return array;
  }

  #properties<T extends object>(object: T): T {
    for (let left = this.count(); left > 0; left--) {
      const key = this.#key();
      const value = this.#value();
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      } else (object as Record<string, unknown>)[key] = value;
    }
    return object;
  }

  #map(): Map<unknown, unknown> {
    const map = this.#note(new Map<unknown, unknown>());
    for (let left = this.count(); left > 0; left--) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    return map;
  }

  #set(): Set<unknown> {
    const set = this.#note(new Set<unknown>());
    for (let left = this.count(); left > 0; left--) set.add(this.#value());
    return set;
  }

  #error(): Error {
    const base = this.#value() as string;
    const error = this.#note(base === DOM_EXCEPTION ? this.#domException() : ERRORS[base]!());
    const properties = this.#properties({});
    for (const [key, value] of Object.entries(properties)) {
      Object.defineProperty(error, key, {
        value,
        writable: true,
        enumerable: !HIDDEN.has(key),
        configurable: true,
      });
    }
    return error;
  }

  #domException(): Error {
    const name = this.#value() as string;
    const message = this.#value() as string;
    if (typeof DOMException === 'function') return new DOMException(message, name);
    return Object.defineProperty(new Error(message), 'name', { value: name, writable: true, configurable: true });
  }
}

function elementBytes(View: (typeof VIEWS)[number]): number {
  return (View as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
}

/** Tells whether the text stands in the bytes, unit by unit. */
function isAt(bytes: Uint8Array<ArrayBuffer>, from: number, length: number, text: string): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}

function hexadecimal(text: string): bigint {
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}
