// Looks for an order of a history's operations that the specification allows: each takes place
// at one moment between its invocation and its response. Depth first over the operations that
// may come next, never twice from the same set of operations done and the same state.
//
// An operation that never returned must be one that waits: after all the others, the
// specification says that it cannot take place.
//
// Sources: Wing, Gong, "Testing and Verifying Concurrent Objects", JPDC 1993; Lowe, "Testing
// for Linearizability", 2017 (the memory of configurations); Burckhardt, Dern, Musuvathi, Tan,
// "Line-Up", PLDI 2010 (histories that are stuck).

import type { HistoryOperation } from './history.ts';
import { show } from './show.ts';
import { outcomesOf, type Outcome, type Signatures, type Specification } from './specification.ts';

/** How many operations a history may have: they are the bits of a word. */
export const MAX_OPERATIONS = 31;

/** How far the specification can follow a history. */
export interface Verdict<State> {
  readonly isLinearizable: boolean;
  /** The order that explains the history; the longest beginning of one, where there is none. */
  readonly order: readonly HistoryOperation[];
  /** The state after `order`. */
  readonly state: State;
  /** Which operations had to come next, or to wait for ever, and cannot. */
  readonly stuck: readonly HistoryOperation[];
}

/** Looks for an order of operations that explains a history. */
export function linearize<State>(
  operations: readonly HistoryOperation[],
  specification: Specification<State, Signatures>,
): Verdict<State> {
  if (operations.length > MAX_OPERATIONS) throw new RangeError(`at most ${MAX_OPERATIONS} operations`);
  const completed = operations.filter(({ outcome }) => outcome !== undefined);
  const waiting = operations.filter(({ outcome }) => outcome === undefined);
  const all = completed.length === 31 ? 0x7fffffff : (1 << completed.length) - 1;
  const seen = new Set<string>();
  const order: HistoryOperation[] = [];
  let best: Verdict<State> | undefined;

  const keep = (state: State, stuck: readonly HistoryOperation[]): void => {
    if (best === undefined || order.length > best.order.length) {
      best = { isLinearizable: stuck.length === 0, order: [...order], state, stuck };
    }
  };
  const follow = (done: number, state: State): boolean => {
    const configuration = `${done} ${show(state)}`;
    if (seen.has(configuration)) return false;
    seen.add(configuration);
    if (done === all) {
      const awake = waiting.filter(({ name, args }) => outcomesOf(specification, state, name, args).length > 0);
      if (awake.length === 0) best = undefined;
      keep(state, awake);
      return awake.length === 0;
    }
    const next = mayComeNext(completed, done);
    for (const i of next) {
      const operation = completed[i]!;
      for (const outcome of outcomesOf(specification, state, operation.name, operation.args)) {
        if (!agrees(outcome, operation)) continue;
        order.push(operation);
        if (follow(done | (1 << i), outcome.state)) return true;
        order.pop();
      }
    }
    keep(
      state,
      next.map((i) => completed[i]!),
    );
    return false;
  };
  follow(0, specification.init());
  return best!;
}

/** Gives the operations that are not done, and before whose invocation no other that is not done returned. */
function mayComeNext(operations: readonly HistoryOperation[], done: number): number[] {
  let firstResponse = Infinity;
  for (let i = 0; i < operations.length; i++) {
    if ((done & (1 << i)) === 0) firstResponse = Math.min(firstResponse, operations[i]!.responded);
  }
  const next: number[] = [];
  for (let i = 0; i < operations.length; i++) {
    if ((done & (1 << i)) === 0 && operations[i]!.invoked < firstResponse) next.push(i);
  }
  return next;
}

/** Tells whether an operation ended in the way that the specification says. */
export function agrees(expected: Outcome<unknown>, { outcome }: HistoryOperation): boolean {
  if (outcome === undefined) return false;
  if (expected.throws === undefined) return outcome.kind === 'returned' && outcome.text === show(expected.result);
  return outcome.kind === 'threw' && (outcome.text === expected.throws || outcome.name === expected.throws);
}
