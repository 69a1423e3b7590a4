// The search for an order that explains a history, against every permutation of its operations.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History, type HistoryOperation } from '../dist/linearizability/history.js';
import { agrees, linearize } from '../dist/linearizability/search.js';
import { outcomesOf, type Signatures, type Specification } from '../dist/linearizability/specification.js';
import { lock, queue, semaphore } from './subjects/lin-specifications.ts';

type AnySpecification = Specification<unknown, Signatures>;

/** Tries every order of the operations that returned. */
function isExplained(operations: readonly HistoryOperation[], specification: AnySpecification): boolean {
  const completed = operations.filter(({ outcome }) => outcome !== undefined);
  const waiting = operations.filter(({ outcome }) => outcome === undefined);
  return permutations(completed).some((order) => {
    const keepsTime = order.every((later, j) =>
      order.slice(0, j).every((earlier) => earlier.invoked < later.responded),
    );
    if (!keepsTime) return false;
    let states: readonly unknown[] = [specification.init()];
    for (const operation of order) {
      states = states.flatMap((state) =>
        outcomesOf(specification, state, operation.name, operation.args)
          .filter((outcome) => agrees(outcome, operation))
          .map((outcome) => outcome.state),
      );
    }
    return states.some((state) =>
      waiting.every(({ name, args }) => outcomesOf(specification, state, name, args).length === 0),
    );
  });
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

interface Move {
  readonly thread: number;
  readonly call: readonly [string, ...unknown[]];
  /** What it returns instead of what a sequential object would; undefined for the truth. */
  readonly lie: unknown;
  readonly isEarly: boolean;
}

/** Makes a history: by turns a thread invokes and returns; most results are those of some order. */
function historyOf(moves: readonly Move[], staysOpen: boolean, specification: AnySpecification): History {
  const history = new History(['a', 'b', 'c']);
  const pending: ({ operation: HistoryOperation; call: Move['call']; early: unknown } | undefined)[] = [];
  let state = specification.init();
  const take = ([name, ...args]: Move['call']): unknown => {
    const [outcome] = outcomesOf(specification, state, name, args);
    if (outcome === undefined) return undefined;
    ({ state } = outcome);
    return outcome.throws === undefined ? outcome.result : Object.assign(new Error(), { code: outcome.throws });
  };
  for (const { thread, call, lie, isEarly } of moves) {
    const open = pending[thread];
    if (open === undefined) {
      const operation = history.invoke(thread, call[0], call.slice(1));
      pending[thread] = { operation, call, early: isEarly ? { taken: take(call) } : undefined };
      continue;
    }
    const { early } = open;
    const result = lie ?? (early === undefined ? take(open.call) : (early as { taken: unknown }).taken);
    end(history, open.operation, result);
    pending[thread] = undefined;
  }
  if (staysOpen) return history;
  for (const open of pending) {
    if (open === undefined) continue;
    const { operation, call, early } = open;
    const isWaiting = early === undefined && outcomesOf(specification, state, call[0], call.slice(1)).length === 0;
    if (!isWaiting) end(history, operation, early === undefined ? take(call) : (early as { taken: unknown }).taken);
  }
  return history;
}

function end(history: History, operation: HistoryOperation, result: unknown): void {
  if (result instanceof Error) history.throw(operation, result);
  else history.return(operation, result);
}

describe('the search for an order agrees with every permutation', () => {
  const specifications: readonly [string, unknown, readonly (readonly [string, ...unknown[]])[]][] = [
    ['a queue', queue(2), [['push', 1], ['push', 2], ['pop'], ['size']]],
    ['a lock', lock, [['lock'], ['tryLock'], ['unlock']]],
    ['a semaphore', semaphore(1), [['acquire'], ['acquireWithin', 1], ['tryAcquire'], ['release']]],
  ];
  it.each(specifications)('on histories of %s', (_, given, calls) => {
    const specification = given as AnySpecification;
    const move = fc.record({
      thread: fc.integer({ min: 0, max: 2 }),
      call: fc.constantFrom(...calls),
      lie: fc.oneof(
        { arbitrary: fc.constant(undefined), weight: 9 },
        { arbitrary: fc.constantFrom<unknown>(0, 1, 2, true, false, 'timed-out'), weight: 1 },
      ),
      isEarly: fc.boolean(),
    });
    const seen = { explained: 0, unexplained: 0 };
    fc.assert(
      fc.property(fc.array(move, { maxLength: 12, size: 'max' }), fc.boolean(), (moves, staysOpen) => {
        const { operations } = historyOf(moves, staysOpen, specification);
        const verdict = linearize(operations, specification);
        expect(verdict.isLinearizable).toBe(isExplained(operations, specification));
        if (verdict.isLinearizable) seen.explained++;
        else seen.unexplained++;
        // The order it gives is one that the specification allows.
        expect(isExplained(verdict.order, specification)).toBe(true);
        expect(verdict.stuck.length > 0).toBe(!verdict.isLinearizable);
      }),
      { numRuns: 2000 },
    );
    expect(seen.explained).toBeGreaterThan(200);
    expect(seen.unexplained).toBeGreaterThan(200);
  });
});
