// What a concurrent object is to do, said by a sequential model of it.

import { InvalidModelError } from '../errors.ts';

/** Describes one way in which an operation can take place. */
export interface Outcome<State> {
  /** What the operation returns, or what its promise is fulfilled with. */
  readonly result?: unknown;
  /** The code or the name of the error that the operation throws instead. */
  readonly throws?: string | undefined;
  /** The state after the operation; a new one where it changes: states are never written to. */
  readonly state: State;
}

/**
 * Says what an operation may do in a state: take place in one way, or in any of several; the empty
 * list says that it cannot take place now and waits, {@link BLOCKED}.
 */
export type Step<State> = Outcome<State> | readonly Outcome<State>[];

/** Says that an operation cannot take place in this state: it waits until another changes it. */
export const BLOCKED: readonly never[] = Object.freeze([]);

/** Lists the arguments of each operation, by its name. */
export type Signatures = Record<string, readonly unknown[]>;

/** Models an object sequentially: an operation takes place at once, and nothing else does meanwhile. */
export interface Specification<State, S extends Signatures> {
  /** Makes the state of a new object: plain data, told apart by what it shows. */
  init(): State;
  /** Tells for each operation what it may do in a state; pure. */
  readonly steps: { readonly [Name in keyof S]: (state: State, ...args: S[Name]) => Step<State> };
}

/** Gives the ways in which an operation can take place in a state. */
export function outcomesOf<State>(
  specification: Specification<State, Signatures>,
  state: State,
  name: string,
  args: readonly unknown[],
): readonly Outcome<State>[] {
  const step = specification.steps[name]!(state, ...args);
  if (Array.isArray(step)) return step as readonly Outcome<State>[];
  if (typeof step === 'object' && step !== null) return [step as Outcome<State>];
  throw new InvalidModelError(
    `the step ${JSON.stringify(name)} of the specification must return { result, state }, a list of such, or BLOCKED, ` +
      `not ${String(step)}`,
  );
}
