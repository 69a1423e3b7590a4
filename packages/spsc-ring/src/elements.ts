// The kinds of elements, and the plain accesses to slots of each.
//
// V8 specialises an access for the kinds of array it has met there: up to four are told apart
// inline, a fifth makes every access a call. Feedback belongs to the place in the source, and
// classes made by one factory share it. So each kind has a place of its own here, behind a
// switch whose branch the processor predicts: `node bench/spsc-ring.bench.mjs kinds`.

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

/** Writes a slot that this side owns. */
export function storeAt(slots: ElementArrays[RingKind], code: number, slot: number, value: number | bigint): void {
  // Plain, all of them: published by R3, and written only after R4 has seen the slot handed back.
  switch (code) {
    case 0:
      (slots as Int8Array)[slot] = value as number; // E1
      break;
    case 1:
      (slots as Uint8Array)[slot] = value as number; // E1
      break;
    case 2:
      (slots as Int16Array)[slot] = value as number; // E1
      break;
    case 3:
      (slots as Uint16Array)[slot] = value as number; // E1
      break;
    case 4:
      (slots as Int32Array)[slot] = value as number; // E1
      break;
    case 5:
      (slots as Uint32Array)[slot] = value as number; // E1
      break;
    case 6:
      (slots as Float32Array)[slot] = value as number; // E1
      break;
    case 7:
      (slots as Float64Array)[slot] = value as number; // E1
      break;
    case 8:
      (slots as BigInt64Array)[slot] = value as bigint; // E1
      break;
    default:
      (slots as BigUint64Array)[slot] = value as bigint; // E1
  }
}

/** Reads a slot that this side owns. */
export function loadAt(slots: ElementArrays[RingKind], code: number, slot: number): number | bigint {
  // Plain, all of them: observed by R4, and handed back by R3.
  switch (code) {
    case 0:
      return (slots as Int8Array)[slot]!; // E2
    case 1:
      return (slots as Uint8Array)[slot]!; // E2
    case 2:
      return (slots as Int16Array)[slot]!; // E2
    case 3:
      return (slots as Uint16Array)[slot]!; // E2
    case 4:
      return (slots as Int32Array)[slot]!; // E2
    case 5:
      return (slots as Uint32Array)[slot]!; // E2
    case 6:
      return (slots as Float32Array)[slot]!; // E2
    case 7:
      return (slots as Float64Array)[slot]!; // E2
    case 8:
      return (slots as BigInt64Array)[slot]!; // E2
    default:
      return (slots as BigUint64Array)[slot]!; // E2
  }
}
