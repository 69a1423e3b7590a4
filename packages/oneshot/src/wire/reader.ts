// Reads what the writer wrote. The bytes were copied here, and come from this package on
// another thread, so they are trusted to be whole.

import type { Chunk } from '../chunk.ts';
import { LocalHandle } from '../handle.ts';
import {
  ARRAY,
  BIGINT,
  BIGINT64,
  BOXED,
  BUFFER,
  DATE,
  DOUBLE,
  ERROR,
  ERRORS,
  FALSE,
  HANDLE,
  HOLE,
  HOME,
  HOME_VIEW,
  INT32,
  LATIN1,
  MAP,
  NULL,
  OBJECT,
  OF_CODED,
  OF_RECEIVER,
  REGEXP,
  SEEN,
  SET,
  TRUE,
  UNDEFINED,
  UTF16,
  UTF8,
  VIEW,
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

/** Reads values from bytes. */
export class Reader {
  /** Where the payload is to be copied to. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  #home: Chunk | undefined = undefined;
  #seen: object[] = [];
  /** Names of properties that were read before: an engine is slow to look up a new string. */
  readonly #keys: string[] = Array.from({ length: KEYS }, () => '');
  #at = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Reads the value whose payload was copied; `home` is where that lay. */
  read(home: Chunk): unknown {
    this.#home = home;
    const value = this.#value();
    this.#home = undefined;
    this.#at = 0;
    if (this.#seen.length > 0) this.#seen = [];
    return value;
  }

  #value(): unknown {
    return this.#tagged(this.#byte());
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
        return this.#seen[this.#count()];
      default:
        return this.#object(tag);
    }
  }

  #skip(count: number): number {
    const at = this.#at;
    this.#at = at + count;
    return at;
  }

  #byte(): number {
    return this.bytes[this.#at++]!;
  }

  #count(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  #raw(count: number): Uint8Array<ArrayBuffer> {
    const at = this.#skip(count);
    return this.bytes.slice(at, at + count);
  }

  #string(tag: number): string {
    const count = this.#count();
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
      case HOME:
        return this.#note(this.#home!.handle.buffer);
      case HANDLE:
        return this.#note(this.#handle());
      case DATE:
        return this.#note(new Date(this.#value() as number));
      case REGEXP:
        return this.#note(new RegExp(this.#value() as string, this.#value() as string));
      case BUFFER:
        return this.#note(this.#raw(this.#count()).buffer);
      case BOXED:
        return this.#note(Object(this.#value()) as object);
      case VIEW:
      case HOME_VIEW:
        return this.#someView(tag);
      default:
        throw new TypeError(`the payload of a slot is damaged: there is no tag ${tag}`);
    }
  }

  #handle(): object {
    const bits = this.#byte();
    const kind = (bits & OF_RECEIVER) === 0 ? 'oneshot-sender' : 'oneshot-receiver';
    return new LocalHandle(kind, this.#home!, this.#count(), this.#count(), (bits & OF_CODED) !== 0);
  }

  #someView(tag: number): object {
    const View = VIEWS[this.#byte()]!;
    const byteOffset = tag === HOME_VIEW ? this.#count() : 0;
    const byteLength = this.#count();
    const elementBytes = (View as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    const buffer = tag === HOME_VIEW ? this.#home!.handle.buffer : this.#raw(byteLength).buffer;
    return this.#note(new View(buffer, byteOffset, byteLength / elementBytes));
  }

  #array(): unknown[] {
    const length = this.#count();
    const array: unknown[] = this.#note([]);
    for (let i = 0; i < length; i++) {
      const tag = this.#byte();
      if (tag === HOLE) array.length = i + 1;
      else array[i] = this.#tagged(tag);
    }
    return array;
  }

  #properties<T extends object>(object: T): T {
    for (let left = this.#count(); left > 0; left--) {
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
    for (let left = this.#count(); left > 0; left--) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    return map;
  }

  #set(): Set<unknown> {
    const set = this.#note(new Set<unknown>());
    for (let left = this.#count(); left > 0; left--) set.add(this.#value());
    return set;
  }

  #error(): Error {
    const Class = ERRORS[this.#value() as string]!;
    const error = this.#note(new Class());
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
