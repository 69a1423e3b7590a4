// The first half of a linearizability check against the simplest thing that does the same: the
// reduced exploration against every interleaving there is. The second half: the search for an
// order, in linearizability.search.test.ts.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exploreAll, type Body } from '../dist/engine/explore.js';
import type { History, HistoryOperation } from '../dist/linearizability/history.js';
import { modelOf, nameThreads, type AnyDefinition, type Scenario } from '../dist/linearizability/scenario.js';
import type { Signatures } from '../dist/linearizability/specification.js';
import { generatorOf } from '../dist/threads.js';
import { counterOf, lockOf, queueOf, semaphoreOf } from './subjects/lin-definitions.ts';
import { Counter, LockedQueue, LossyCounter, Mutex, Semaphore, SilentMutex, Spin } from './subjects/lin-objects.ts';

const MOST_INTERLEAVINGS = 4000;

function nameIn(operations: readonly HistoryOperation[], operation: HistoryOperation): string {
  return `${operation.thread}.${operations.filter(({ thread }) => thread === operation.thread).indexOf(operation)}`;
}

/** What linearizability asks of a history: what each operation gave, and which had returned before it began. */
function essence({ operations }: History): string {
  const names = operations.map((operation) => nameIn(operations, operation));
  return operations
    .map(({ invoked, outcome }, i) => {
      const earlier = names.filter((_, j) => operations[j]!.responded < invoked).toSorted();
      return `${names[i]} gives ${outcome?.text ?? 'nothing'} after ${earlier.join(' ')}`;
    })
    .toSorted()
    .join('; ');
}

/** Collects the histories of all executions; undefined where there are too many. */
function historiesOf(
  definition: AnyDefinition,
  scenario: Scenario<Signatures>,
  usesReduction: boolean,
): { histories: Set<string>; executions: number } | undefined {
  let history: History | undefined;
  const model = modelOf(definition, nameThreads(definition, scenario), (begun) => (history = begun));
  const body: Body = () => generatorOf(model, 'the model');
  const histories = new Set<string>();
  let executions = 0;
  const collect = (ending: string): void => {
    if (ending !== 'complete' && ending !== 'failed') return;
    executions++;
    histories.add(essence(history!));
  };
  const { isExhaustive } = exploreAll(
    body,
    { executions: MOST_INTERLEAVINGS, until: Infinity, collect },
    usesReduction,
  );
  return isExhaustive ? { histories, executions } : undefined;
}

const subjects: Readonly<Record<string, unknown>> = {
  counter: counterOf(Counter),
  'lossy counter': counterOf(LossyCounter),
  mutex: lockOf(Mutex),
  'silent mutex': lockOf(SilentMutex),
  'spin lock': lockOf(Spin),
  semaphore: semaphoreOf(Semaphore),
  queue: queueOf(LockedQueue),
};

function callsOf({ operations }: AnyDefinition, most: number): fc.Arbitrary<(readonly [string, ...unknown[]])[]> {
  const call = fc
    .constantFrom(...Object.keys(operations))
    .map((name): readonly [string, ...unknown[]] =>
      ['add', 'push', 'acquireWithin'].includes(name) ? [name, 1] : [name],
    );
  return fc.array(call, { minLength: 1, maxLength: most, size: 'max' });
}

describe('the reduced exploration shows every history, and no other,', () => {
  it.each(Object.keys(subjects))('of a %s', (name) => {
    const definition = subjects[name] as AnyDefinition;
    const [one, two] = [callsOf(definition, 1), callsOf(definition, 2)];
    let compared = 0;
    fc.assert(
      fc.property(fc.oneof(fc.tuple(one, two), fc.tuple(two, two), fc.tuple(one, one, one)), (threads) => {
        const all = historiesOf(definition, { threads }, false);
        if (all === undefined) return;
        const reduced = historiesOf(definition, { threads }, true)!;
        compared++;
        expect(reduced.histories).toEqual(all.histories);
        expect(reduced.executions).toBeLessThanOrEqual(all.executions);
      }),
      { numRuns: 16, ignoreEqualValues: true },
    );
    expect(compared).toBeGreaterThan(1);
  });
});
