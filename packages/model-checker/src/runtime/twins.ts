// How the generator behind an instrumented function is found, and how it is run where nothing
// can be suspended.

import { x } from '../engine/state.ts';

/** The generator function behind an instrumented function. */
export const TWIN: unique symbol = Symbol('model-checker.twin');
/** The `this` of an arrow function's generator. */
export const SELF: unique symbol = Symbol('model-checker.self');
/** Marks a function that changes nothing and need not be instrumented. */
export const LEAF: unique symbol = Symbol('model-checker.leaf');
/** The member that holds a constructor's body. */
export const BODY: unique symbol = Symbol('model-checker.body');

/** A generator as the instrumented code makes them. */
export type Twin = (this: unknown, ...args: never[]) => Generator<unknown, unknown, unknown>;

/** A function that may be instrumented. */
export type Instrumented = ((...args: never[]) => unknown) & {
  [TWIN]?: Twin;
  [SELF]?: unknown;
  [LEAF]?: boolean;
  [BODY]?: string;
};

/** Runs a generator to its end, as one step. */
export function drive(generator: Generator<unknown, unknown, unknown>): unknown {
  const inModel = x.current !== undefined;
  if (inModel) x.unsuspendable++;
  try {
    const { done, value } = generator.next();
    // Outside of a model nothing yields; within, the engine has refused what would.
    if (done !== true) throw new Error('a function that is not instrumented called one that has to be suspended');
    return value;
  } finally {
    if (inModel) x.unsuspendable--;
  }
}
