// The kinds of values, as the byte in front of each, and the classes that keep theirs.

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
/** A view of a buffer that the carrier passes. */
export const VIEW_OF = 21;
/** An object that came before: its number. */
export const SEEN = 22;
/** A primitive wrapped in an object. */
export const BOXED = 23;
/** An object in the carrier's own form. */
export const CARRIED = 24;

type ViewConstructor = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => ArrayBufferView;

const { Float16Array } = globalThis as { readonly Float16Array?: ViewConstructor }; // newer than this package's oldest engines

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
  ...(Float16Array === undefined ? [] : [Float16Array]),
];

/** Makes an empty error of each class that keeps its class; others become `Error` with their name. */
export const ERRORS: Readonly<Record<string, () => Error>> = {
  Error: () => new Error(),
  EvalError: () => new EvalError(),
  RangeError: () => new RangeError(),
  ReferenceError: () => new ReferenceError(),
  SyntaxError: () => new SyntaxError(),
  TypeError: () => new TypeError(),
  URIError: () => new URIError(),
  AggregateError: () => new AggregateError([]),
};
/** The class of error whose name and message cannot be set later. */
export const DOM_EXCEPTION = 'DOMException';
