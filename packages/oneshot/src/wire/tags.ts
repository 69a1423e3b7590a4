// The kinds of payloads and of values within them. A payload's tag tells its kind in the lower
// bits and its length above; a value's tag is the byte in front of it.

/** The payload is a double. */
export const NUMBER = 1;
/** The payload is one tagged value. */
export const DATA = 2;
/** The payload is what the caller's codec wrote. */
export const CODED = 3;
/** The payload is to be thrown, not returned. */
export const THROWN = 4;

const LENGTH = 8;

/** Makes a payload's tag. */
export function payloadTag(kind: number, length: number): number {
  return kind + length * LENGTH;
}

/** Gives the kind of a payload from its tag. */
export function kindOf(tag: number): number {
  return tag & (LENGTH - 1 - THROWN);
}

/** Gives the length of a payload in bytes from its tag. */
export function lengthOf(tag: number): number {
  return (tag >>> 0) >>> 3;
}

export const UNDEFINED = 0;
export const NULL = 1;
export const FALSE = 2;
export const TRUE = 3;
export const INT32 = 4;
export const DOUBLE = 5;
/** A bigint of 64 bits. */
export const BIGINT64 = 6;
/** A longer bigint, as a string of hexadecimal digits. */
export const BIGINT = 7;
/** A string of which each unit fits into a byte. */
export const LATIN1 = 8;
/** A string as it is: UTF-16, lone surrogates included. */
export const UTF16 = 9;
/** A long, well-formed string as UTF-8. */
export const UTF8 = 10;
export const ARRAY = 11;
/** An element that an array does not have. */
export const HOLE = 12;
export const OBJECT = 13;
export const MAP = 14;
export const SET = 15;
export const DATE = 16;
export const ERROR = 17;
export const REGEXP = 18;
export const BUFFER = 19;
/** A view of bytes of its own. */
export const VIEW = 20;
/** The shared buffer that the slot itself lies in: how handles travel within one arena. */
export const HOME = 21;
/** A view of that buffer. */
export const HOME_VIEW = 22;
/** An object that came before: its number. */
export const SEEN = 23;
/** A primitive wrapped in an object. */
export const BOXED = 24;
/** The handle of a half in the slot's own arena; its kind and whether it is coded are bits of a byte. */
export const HANDLE = 25;
/** The half is a receiver. */
export const OF_RECEIVER = 1;
/** Its channel uses a codec. */
export const OF_CODED = 2;

type ViewConstructor = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => ArrayBufferView;

/** The classes of views, by their number on the wire. */
export const VIEWS: readonly ViewConstructor[] = [
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** The classes of errors that keep their class; others become `Error` with their name. */
export const ERRORS: Readonly<Record<string, new (message?: string) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};
