// The kinds of elements. The plain accesses to slots of each are those of producer.ts and consumer.ts.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';

/** Maps the kinds of elements a ring may hold to the typed arrays that hold them. */
export interface ElementArrays {
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
  readonly int16: Int16Array;
  readonly uint16: Uint16Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly bigint64: BigInt64Array;
  readonly biguint64: BigUint64Array;
}

/** Names the kind of a ring's elements, after the typed array that holds them. */
export type RingKind = keyof ElementArrays;
/** Gives the type of a ring's elements: `bigint` for the two 64-bit integer kinds, `number` for the others. */
export type ElementOf<Kind extends RingKind> = Kind extends 'bigint64' | 'biguint64' ? bigint : number;
/** Gives the typed array that holds elements of a kind. */
export type ArrayOf<Kind extends RingKind> = ElementArrays[Kind];

type Constructor = new (buffer: SharedArrayBuffer, byteOffset: number, length: number) => ElementArrays[RingKind];

const CONSTRUCTORS: { readonly [K in RingKind]: Constructor } = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
  bigint64: BigInt64Array,
  biguint64: BigUint64Array,
};

/** The kinds; the place of each is its code in shared memory, and in the switches below. */
const KINDS: readonly RingKind[] = Object.keys(CONSTRUCTORS) as RingKind[];

const ELEMENT_BYTES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 8, 8, 8];

/** Gives the code of a kind. */
export function codeOf(kind: RingKind): number {
  const code = KINDS.indexOf(kind);
  if (code >= 0) return code;
  throw new InvalidArgumentError(`kind must be one of ${KINDS.join(', ')}, not ${describe(kind)}`);
}

/** Gives the kind of a code; undefined for what is none. */
export function kindOf(code: number): RingKind | undefined {
  return KINDS[code];
}

/** Counts the bytes of an element. */
export function bytesOf(code: number): number {
  return ELEMENT_BYTES[code]!;
}

/** Makes the view of a ring's slots. */
export function slotsIn<Kind extends RingKind>(
  kind: Kind,
  buffer: SharedArrayBuffer,
  byteOffset: number,
  length: number,
): ArrayOf<Kind> {
  return new CONSTRUCTORS[kind](buffer, byteOffset, length) as ArrayOf<Kind>;
}

/** Throws unless the array is of the ring's kind, from this realm or another. */
export function requireArray(slots: ElementArrays[RingKind], array: ElementArrays[RingKind]): void {
  const wanted = slots[Symbol.toStringTag];
  if (ArrayBuffer.isView(array) && array[Symbol.toStringTag] === wanted) return;
  throw new InvalidArgumentError(`this ring copies from and to a ${wanted}, not ${describe(array)}`);
}
