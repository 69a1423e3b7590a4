// The atomic read-modify-writes, and what they leave in a word.

import type { TypedArray } from './memory.ts';

type Update = (view: Int32Array, index: number, value: number) => number;

/** The operations by name. */
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
export function scratchOf(view: TypedArray): TypedArray {
  const Kind = view.constructor as new (length: number) => TypedArray;
  let cell = scratch.get(Kind);
  if (cell === undefined) scratch.set(Kind, (cell = new Kind(1)));
  return cell;
}

/** Tells whether an update would change its word as it is now. */
export function wouldChange(view: TypedArray, index: number, operand: unknown, name: string): boolean {
  const cell = scratchOf(view);
  cell[0] = view[index] as never;
  UPDATES[name]!(cell as Int32Array, 0, operand as number);
  return cell[0] !== view[index];
}
