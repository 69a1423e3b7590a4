// The functions of `Atomics` where they are called in another way than `Atomics.load(…)`:
// through a variable, `call`, or a spread.

import { elementOf } from '../engine/elements.ts';
import { COMPARE_EXCHANGE, LOAD, NOTIFY, STORE, UPDATE, WAIT, WAIT_ASYNC } from '../engine/kinds.ts';
import { noteAccess } from '../engine/mutation.ts';
import { concernsModel, perform, performNow, propose } from '../engine/operations.ts';
import { x } from '../engine/state.ts';

type Run = (args: unknown[]) => Generator<unknown, unknown, unknown>;

/** The kind of an operation by its name. */
export const KIND_OF: Readonly<Record<string, number>> = {
  add: UPDATE,
  and: UPDATE,
  compareExchange: COMPARE_EXCHANGE,
  exchange: UPDATE,
  load: LOAD,
  notify: NOTIFY,
  or: UPDATE,
  store: STORE,
  sub: UPDATE,
  wait: WAIT,
  waitAsync: WAIT_ASYNC,
  xor: UPDATE,
};

/** Does an operation, suspendably. */
export function* operate(name: string, args: unknown[], site: number): Generator<unknown, unknown, unknown> {
  const kind = KIND_OF[name]!;
  const [view, index] = args as [never, number];
  const operand = kind === NOTIFY ? countOf(args[2]) : args[2];
  const operand2 = kind === UPDATE ? name : args[3];
  if (!concernsModel(kind, view, index)) return performNow(kind, view, index, operand, operand2);
  requireBlocking(kind);
  noteAccess(site, kind);
  if (kind === WAIT && x.mutant?.site === site) {
    // A mutant: the comparison and the sleep in two steps.
    if (propose(LOAD, view, index, operand, operand2, site)) yield;
    if (perform() !== elementOf(view, operand)) return 'not-equal';
    if (propose(kind, view, index, operand, operand2, site)) yield;
    x.current!.splitKind = kind;
    return yield* sleep();
  }
  if (propose(kind, view, index, operand, operand2, site)) yield;
  return kind === WAIT ? yield* sleep() : perform();
}

/** Does a wait that was proposed, and comes back when it is over. */
function* sleep(): Generator<unknown, unknown, unknown> {
  const result = perform();
  if (result !== null) return result;
  if (x.next !== x.current!.id) yield;
  return perform();
}

/** Gives the count of a notify: all waiters where none is given. */
export function countOf(count: unknown): number {
  return count === undefined ? Infinity : Math.max(0, Math.trunc(Number(count)) || 0);
}

/** Throws what browsers throw where a thread must not block. */
export function requireBlocking(kind: number): void {
  if (kind === WAIT && !x.current!.canBlock) throw new TypeError('Atomics.wait cannot be called in this context');
}

/** The operations by function. */
export const atomics: ReadonlyMap<unknown, Run> = new Map(
  Object.keys(KIND_OF)
    .filter((name) => name in Atomics)
    .map((name) => [
      (Atomics as unknown as Record<string, unknown>)[name],
      (args: unknown[]): Generator<unknown, unknown, unknown> => operate(name, args, x.current?.site ?? -1),
    ]),
);
