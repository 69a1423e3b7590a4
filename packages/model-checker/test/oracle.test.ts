// Compares the checker with an enumerator that shares no code with it (oracle/interpreter.ts), on
// random programs: how they can end, how they can get stuck, and whether they race.
//
// FC_RUNS asks for more programs, ORACLE_OPERATIONS for larger ones.

import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { enumerate, type Program, type Simple } from './oracle/interpreter.ts';
import { check, programs, type Checked, type Shape } from './oracle/programs.ts';

const MOST_STATES = 300_000;
// Larger programs are skipped and counted: most of the time would go to a few of them.
const MOST_EXECUTIONS = 5_000;
const MOST_UNREDUCED = 2_000;
/** Runs without reduction take longer. */
const FEWER_RUNS = Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 3);
const DEEP_RUN_MS = 3_600_000;

const OPERATIONS = Number(process.env['ORACLE_OPERATIONS'] ?? 4);
const THREADS = Number(process.env['ORACLE_THREADS'] ?? 3);

type Kinds = Shape['kinds'];
const ATOMICS: Kinds = [
  [3, 'load'],
  [3, 'store'],
  [2, 'add'],
  [1, 'exchange'],
  [2, 'compareExchange'],
];
const WAITING: Kinds = [
  [3, 'wait'],
  [3, 'notify'],
];
const SPINNING: Kinds = [
  [2, 'await'],
  [1, 'awaitOther'],
  [2, 'acquire'],
  [2, 'awaitBoth'],
  [1, 'snapshot'],
  [1, 'retry'],
];
const WAIT_LOOP: Kinds = [[2, 'waitUntil']];
const PLAIN: Kinds = [
  [3, 'read'],
  [3, 'write'],
];

const shape = (kinds: Kinds): Shape => ({ threads: [2, THREADS], operations: OPERATIONS, words: 3, kinds });

const compared = { programs: 0, skipped: 0, races: 0, stuck: 0, complete: 0, cut: 0, blocked: 0, worst: 0 };

/** Compares both opinions on a program; undefined where it is too large. */
function compare(program: Program): Checked | undefined {
  const expected = enumerate(program, MOST_STATES);
  const checked = expected.isComplete ? check(program, MOST_EXECUTIONS) : undefined;
  if (checked?.isExhaustive !== true) {
    compared.skipped++;
    return undefined;
  }
  const { failures, counts } = checked;
  expect([...failures].filter((kind) => !/^(?:data-race|deadlock|lost-wake-up|livelock)$/.test(kind))).toEqual([]);
  expect(failures.has('data-race'), 'a data race is possible').toBe(expected.hasRace);
  compared.programs++;
  if (expected.hasRace) {
    compared.races++;
    return undefined;
  }
  expect([...checked.outcomes].toSorted(), 'the outcomes').toEqual([...expected.outcomes].toSorted());
  expect([...checked.stuck].toSorted(), 'the ways to get stuck').toEqual([...expected.stuck].toSorted());
  const sleeps = [...expected.stuck].some((ending) => ending.includes('asleep'));
  expect(failures.has('deadlock') || failures.has('lost-wake-up'), 'threads can sleep for ever').toBe(sleeps);
  const spins = [...expected.stuck].some((ending) => !ending.includes('asleep'));
  expect(failures.has('livelock'), 'threads can spin for ever').toBe(spins);
  if (expected.stuck.size > 0) compared.stuck++;
  compared.complete += counts.complete;
  compared.cut += counts.cut;
  compared.blocked += counts.blocked;
  compared.worst = Math.max(compared.worst, (counts.cut + counts.blocked) / (counts.complete + 1));
  return checked;
}

const usesOnly = (program: Program, kinds: Kinds): boolean => {
  const known = new Set<Simple['op']>(kinds.map(([, kind]) => kind));
  return program.threads.every((thread) =>
    thread.every((operation) => known.has(operation.op === 'if' ? operation.then.op : operation.op)),
  );
};

function forAll(kinds: Kinds, property: (program: Program) => void): void {
  fc.assert(fc.property(programs(shape(kinds)), property));
}

describe('the checker and the enumerator agree', { timeout: DEEP_RUN_MS }, () => {
  it.each([
    ['atomics', ATOMICS],
    ['wait and notify', [...ATOMICS, ...WAITING]],
    ['spins', [...ATOMICS, ...SPINNING]],
    ['wait loops', [...ATOMICS, ...WAITING, ...WAIT_LOOP]],
    ['plain accesses', [...ATOMICS, ...PLAIN]],
    ['everything', [...ATOMICS, ...WAITING, ...SPINNING, ...WAIT_LOOP, ...PLAIN]],
  ] as const)('on programs with %s', (_, kinds) => {
    forAll(kinds, (program) => {
      const checked = compare(program);
      if (checked === undefined) return;
      // Without spins every execution is another one.
      if (usesOnly(program, [...ATOMICS, ...WAITING, ...PLAIN])) {
        expect(checked.counts.complete).toBe(checked.traces.size);
        expect(checked.counts.cut).toBe(0);
      }
    });
  });

  it('explores exactly the traces that there are', () => {
    const small = { ...shape([...ATOMICS, ...WAITING]), operations: Math.min(3, OPERATIONS), words: 2 };
    fc.assert(
      fc.property(programs(small), (program) => {
        const all = check(program, MOST_UNREDUCED, false);
        if (!all.isExhaustive) return;
        const reduced = check(program, MOST_EXECUTIONS);
        expect(reduced.counts.complete).toBe(all.traces.size);
        expect([...reduced.traces].toSorted()).toEqual([...all.traces].toSorted());
      }),
      { numRuns: FEWER_RUNS },
    );
  });

  it('finds the same without reduction, also where threads spin', () => {
    const kinds = [...ATOMICS, ...WAITING, ...SPINNING, ...WAIT_LOOP];
    const small = { ...shape(kinds), operations: Math.min(3, OPERATIONS), words: 2 };
    fc.assert(
      fc.property(programs(small), (program) => {
        const all = check(program, MOST_UNREDUCED, false);
        if (!all.isExhaustive) return;
        const expected = enumerate(program, MOST_STATES);
        expect([...all.outcomes].toSorted(), 'the outcomes').toEqual([...expected.outcomes].toSorted());
        expect([...all.stuck].toSorted(), 'the ways to get stuck').toEqual([...expected.stuck].toSorted());
      }),
      { numRuns: FEWER_RUNS },
    );
  });

  afterAll(() => {
    console.log(JSON.stringify(compared));
    expect(compared.blocked).toBeLessThanOrEqual(0.1 * compared.complete);
  });
});
