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

/** The function that a twin belongs to: whatever inherits or forwards its members is another one. */
export const OWNER: unique symbol = Symbol('model-checker.owner');

/** A generator as the instrumented code makes them. */
export type Twin = (this: unknown, ...args: never[]) => Generator<unknown, unknown, unknown>;

/** The body of a class's constructor. */
export interface ConstructorBody {
  readonly of: unknown;
  /** Undefined where the class has none of its own, nor fields: that of the parent is run. */
  readonly twin: Twin | undefined;
}

/** A function that may be instrumented. */
export type Instrumented = ((...args: never[]) => unknown) & {
  [TWIN]?: Twin;
  [SELF]?: unknown;
  [LEAF]?: boolean;
  [BODY]?: ConstructorBody;
  [OWNER]?: unknown;
};

type Mark = typeof TWIN | typeof SELF | typeof LEAF | typeof BODY | typeof OWNER;

/** Gives a function a member by which the runtime knows it. Assigned, which is much faster than defined. */
export function mark(fn: Instrumented, key: Mark, value: unknown): void {
  fn[key] = value as never;
}

/** Links a function with its generator. */
export function link(fn: Instrumented, twin: Twin): Instrumented {
  mark(fn, TWIN, twin);
  mark(fn, OWNER, fn);
  return fn;
}

/** Finds the generator of a function: its own, not that of a prototype or of a proxy's target. */
export function twinOf(fn: unknown): Twin | undefined {
  if (typeof fn !== 'function') return undefined;
  const instrumented = fn as Instrumented;
  const twin = instrumented[TWIN];
  if (twin === undefined) return undefined;
  const owner = instrumented[OWNER];
  return owner === fn || owner === undefined ? twin : undefined;
}

/** Gives the `this` that a function's generator runs with. */
export function selfOf(fn: unknown, self: unknown): unknown {
  return SELF in (fn as Instrumented) ? (fn as Instrumented)[SELF] : self;
}

/** Runs a generator to its end, as one step. */
export function drive(generator: Generator<unknown, unknown, unknown>): unknown {
  return driveTo(generator, undefined);
}

/** Runs a generator to its end, or to where it yields the given value, as one step. */
export function driveTo(generator: Generator<unknown, unknown, unknown>, end: unknown): unknown {
  const inModel = x.current !== undefined;
  if (inModel) x.unsuspendable++;
  try {
    const { done, value } = generator.next();
    // Outside of a model nothing yields; within, the engine has refused what would.
    if (done !== true && (end === undefined || value !== end))
      throw new Error('a function that is not instrumented called one that has to be suspended');
    return value;
  } finally {
    if (inModel) x.unsuspendable--;
  }
}
