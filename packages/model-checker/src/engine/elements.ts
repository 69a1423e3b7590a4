// What the elements of a view hold, and what an operation would make of them: computed by the
// engine's own operations on a private element of the same kind, conversions included.

import { COMPARE_EXCHANGE } from './kinds.ts';
import type { TypedArray } from './memory.ts';

type Update = (view: Int32Array, index: number, value: number) => number;

/** The atomic read-modify-writes by name. */
export const UPDATES: Readonly<Record<string, Update>> = {
  add: (view, index, value) => Atomics.add(view, index, value),
  and: (view, index, value) => Atomics.and(view, index, value),
  exchange: (view, index, value) => Atomics.exchange(view, index, value),
  or: (view, index, value) => Atomics.or(view, index, value),
  sub: (view, index, value) => Atomics.sub(view, index, value),
  xor: (view, index, value) => Atomics.xor(view, index, value),
};

const scratch = new Map<unknown, TypedArray>();

/** Gives an element of the view's kind to compute with. */
function scratchOf(view: TypedArray): TypedArray {
  const Kind = view.constructor as new (length: number) => TypedArray;
  let cell = scratch.get(Kind);
  if (cell === undefined) scratch.set(Kind, (cell = new Kind(1)));
  return cell;
}

/** Converts a value to what the view's elements hold. */
export function elementOf(view: TypedArray, value: unknown): number | bigint {
  if (view instanceof Int32Array && typeof value === 'number') return value | 0;
  const cell = scratchOf(view);
  cell[0] = value as never;
  return cell[0];
}

/** Computes what an update, or a compareExchange, leaves in an element that holds `before`. */
export function resultOf(
  kind: number,
  view: TypedArray,
  before: number | bigint,
  operand: unknown,
  operand2: unknown,
): number | bigint {
  const cell = scratchOf(view) as Int32Array;
  cell[0] = before as number;
  if (kind === COMPARE_EXCHANGE) Atomics.compareExchange(cell, 0, operand as number, operand2 as number);
  else UPDATES[operand2 as string]!(cell, 0, operand as number);
  return cell[0];
}
