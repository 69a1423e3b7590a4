// What linearizability checks find, what they leave alone, and how they report it.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkLinearizable,
  checkScenario,
  ScenarioError,
  type GeneratedDefinition,
  type LinearizabilityOptions,
  type ScenarioFailure,
  type Signatures,
} from '../dist/linearizability/index.js';
import { counterOf, lockOf, queueOf, ringOf, semaphoreOf } from './subjects/lin-definitions.ts';
import {
  Counter,
  HastySemaphore,
  ImpatientMutex,
  LockedQueue,
  LossyCounter,
  Mutex,
  RacyCounter,
  Semaphore,
  SilentMutex,
  Spin,
  SpuriousQueue,
} from './subjects/lin-objects.ts';
import { EarlyAtomicRing, EarlyRing, OverfullRing, type Ring } from './subjects/ring.ts';

/** Budgets of executions, not of time: a loaded machine must not make a proof into less. */
const PATIENT = { fc, maxSeconds: 600, budget: { maxSeconds: 300 } };

function failureOf(check: () => unknown): ScenarioFailure {
  try {
    check();
  } catch (error) {
    if (error instanceof ScenarioError) return error.failure;
    throw error;
  }
  throw new Error('nothing was found');
}

function failureOfGenerated<Subject, State, S extends Signatures>(
  definition: GeneratedDefinition<Subject, State, S>,
  options: Omit<LinearizabilityOptions, 'fc'> = {},
): ScenarioFailure {
  return failureOf(() => checkLinearizable(definition, { ...PATIENT, ...options }));
}

const SIDES = ['producer', 'consumer'];

describe('a ring for one producer and one consumer', () => {
  it.each([1, 2, 4])('with capacity %i is linearizable', (capacity) => {
    const { isExhaustive, executions, histories } = checkScenario(ringOf(capacity), {
      threads: {
        producer: [
          ['push', 1],
          ['push', 2],
          ['push', 3],
        ],
        consumer: [['pop'], ['pop'], ['pop']],
      },
      after: [['pop'], ['size']],
    });
    expect(isExhaustive).toBe(true);
    expect(executions).toBeGreaterThan(500);
    expect(histories).toBeGreaterThan(300);
  });

  it.each([1, 2, 4])('with capacity %i is linearizable in every scenario', (capacity) => {
    const { isExhaustive, scenarios } = checkLinearizable(ringOf(capacity), {
      ...PATIENT,
      threads: SIDES,
      before: 1,
      after: 1,
      scenarios: 25,
    });
    expect(isExhaustive).toBe(true);
    expect(scenarios).toBeGreaterThan(10);
  });

  it('is not for a third thread to measure', () => {
    const { kind, report } = failureOf(() =>
      checkScenario(ringOf(2), {
        threads: {
          producer: [
            ['push', 1],
            ['push', 2],
          ],
          consumer: [['pop']],
          observer: [['size']],
        },
      }),
    );
    expect(kind).toBe('not-linearizable');
    expect(report).toContain('observer: size() returns 2, but should return 1');
  });

  it.each([
    ['publishes before it writes', EarlyRing, 'data-race'],
    ['publishes before it writes atomically', EarlyAtomicRing, 'not-linearizable'],
    ['takes one too many', OverfullRing, 'not-linearizable'],
  ] as const)('is found out where it %s', (_, Subject: typeof Ring, kind) => {
    const failure = failureOfGenerated(ringOf(1, Subject), { threads: SIDES });
    expect(failure.kind).toBe(kind);
    expect(failure.scenario).toBe(
      Subject === OverfullRing ? '  producer  push(1), push(1)' : '  producer  push(1)\n  consumer  pop()',
    );
  });
});

describe('a lock', () => {
  it.each([
    ['that sleeps', Mutex],
    ['that spins', Spin],
  ])('%s is linearizable, whoever waits for ever', (_, Subject) => {
    expect(checkLinearizable(lockOf(Subject), { ...PATIENT, scenarios: 30 }).isExhaustive).toBe(true);
    expect(checkLinearizable(lockOf(Subject), { ...PATIENT, threads: 3, operations: 1 }).isExhaustive).toBe(true);
  });

  it('leaves whoever locks it twice waiting', () => {
    expect(checkScenario(lockOf(Mutex), { threads: [[['lock'], ['lock'], ['unlock']]] }).histories).toBe(1);
    expect(checkScenario(lockOf(Spin), { before: [['lock']], threads: [[['lock']], [['lock']]] }).histories).toBe(2);
  });

  it('throws what the specification says', () => {
    expect(checkScenario(lockOf(Mutex), { threads: [[['unlock']]] }).isExhaustive).toBe(true);
  });

  it('is found out where it wakes nobody', () => {
    const { kind, message, scenario } = failureOfGenerated(lockOf(SilentMutex));
    expect(kind).toBe('not-linearizable');
    expect(message).toMatch(/lock\(\) of T\d never returns \((?:deadlock|lost-wake-up): T\d sleeps/);
    expect(scenario.match(/ock\(\)/g)).toHaveLength(3);
  });

  it('is found out where it gives up', () => {
    const { report } = failureOfGenerated(lockOf(ImpatientMutex));
    expect(report).toMatch(/lock\(\) returns undefined, but has to wait/);
  });
});

describe('a counter', () => {
  it('is linearizable', () => {
    expect(checkLinearizable(counterOf(Counter), { ...PATIENT, operations: 2, scenarios: 40 }).isExhaustive).toBe(true);
  });

  it('is found out where it loads and then stores', () => {
    const { kind, scenario } = failureOfGenerated(counterOf(LossyCounter));
    expect(kind).toBe('not-linearizable');
    expect(scenario).toBe('  T1  add(1)\n  T2  add(1)');
  });

  it('is found out where it is plain', () => {
    expect(failureOfGenerated(counterOf(RacyCounter)).kind).toBe('data-race');
  });
});

describe('a queue', () => {
  it('behind a lock is linearizable', () => {
    expect(checkLinearizable(queueOf(LockedQueue), { ...PATIENT, operations: 2, scenarios: 20 }).isExhaustive).toBe(
      true,
    );
  });

  it('is found out where it says for no reason that it is empty', () => {
    const { kind, report } = failureOfGenerated(queueOf(SpuriousQueue), { before: 1, operations: 2 });
    expect(kind).toBe('not-linearizable');
    expect(report).toMatch(/pop\(\) returns undefined, but should return 1/);
  });
});

describe('a semaphore', () => {
  it('is linearizable, with bounded waits and promises', () => {
    expect(checkLinearizable(semaphoreOf(Semaphore), { ...PATIENT, operations: 2, scenarios: 50 }).isExhaustive).toBe(
      true,
    );
    const three = { ...PATIENT, threads: 3, operations: 1, scenarios: 40 };
    expect(checkLinearizable(semaphoreOf(Semaphore, 2), three).isExhaustive).toBe(true);
  });

  it('may let a bounded wait end', () => {
    const { histories } = checkScenario(semaphoreOf(Semaphore), {
      before: [['acquire']],
      threads: [[['acquireWithin', 5]], [['release']]],
    });
    expect(histories).toBeGreaterThan(1);
  });

  it('is found out where it wakes too early', () => {
    const { message } = failureOfGenerated(semaphoreOf(HastySemaphore), { before: 1 });
    expect(message).toMatch(/acquire(?:Async|Within)?\(\d?\) of T\d never returns/);
  });
});

describe('a report', () => {
  it('tells scenario, history, reason, trace and schedule', () => {
    const { report, schedule } = failureOf(() =>
      checkScenario(counterOf(LossyCounter), { threads: { ann: [['add', 3]], bob: [['add', 5]] } }),
    );
    const [before, trace] = report.split('trace:');
    expect(before).toBe(`not-linearizable: no order of the operations explains that add(5) of bob returns 5

scenario:
  ann  add(3)
  bob  add(5)

history:
   #  ann             | bob
   1  → add(3)        |
   2                  | → add(5)
   3                  | ← add returns 5
   4  ← add returns 3 |

why: the specification can follow no further than
  ann: add(3) returns 3
  where the state is 3, and of what may come next
  bob: add(5) returns 5, but should return 8

`);
    expect(trace).toMatch(/ann +\| bob\n/);
    expect(trace).toMatch(/→ add\(3\) .*memory\.int32\[0\].*lin-objects\.ts:\d+.*← add returns 3/s);
    expect(trace!.trimEnd().endsWith(`replay: ${schedule}`)).toBe(true);
  });

  it('says how to generate the scenario again', () => {
    const { report } = failureOfGenerated(counterOf(LossyCounter), { seed: 7 });
    expect(report).toMatch(/found in scenario \d+ of seed 7$/);
    expect(failureOfGenerated(counterOf(LossyCounter), { seed: 7 }).report).toBe(report);
  });
});

describe('statistics', () => {
  it('say that a budget ended before the executions did', () => {
    const { isExhaustive } = checkScenario(
      counterOf(Counter),
      {
        threads: [
          [['get'], ['get']],
          [
            ['add', 1],
            ['add', 2],
          ],
        ],
      },
      { maxExecutions: 3, randomExecutions: 3 },
    );
    expect(isExhaustive).toBe(false);
  });

  it('count scenarios, executions and histories', () => {
    const { scenarios, exhaustive, executions, histories, seed } = checkLinearizable(counterOf(Counter), {
      ...PATIENT,
      scenarios: 10,
      seed: 3,
    });
    expect({ scenarios, exhaustive, seed }).toEqual({ scenarios: 10, exhaustive: 10, seed: 3 });
    expect(executions).toBeGreaterThan(scenarios);
    expect(histories).toBeGreaterThan(scenarios);
  });
});

describe('what cannot be checked is refused', () => {
  const { specification, ...unspecified } = counterOf(Counter);
  const silent = {
    ...unspecified,
    specification: { ...specification, steps: { ...specification.steps, get: () => undefined as never } },
  };
  const bare = { ...counterOf(Counter), create: Object.assign(() => new Counter(), {}) };
  it.each([
    [
      'an operation there is not',
      () => checkScenario(counterOf(Counter), { threads: [[['sub' as 'get']]] }),
      /no operation "sub"/,
    ],
    [
      'too many operations',
      () => checkScenario(counterOf(Counter), { threads: [Array.from({ length: 32 }, () => ['get'] as const)] }),
      /at most 31 operations, not 32/,
    ],
    [
      'a function that is not instrumented',
      () => checkScenario(bare, { threads: [[['get']]] }),
      /create is not instrumented/,
    ],
    [
      'a role without operations',
      () => checkLinearizable(ringOf(1), { fc, threads: ['producer', 'observer'] }),
      /no operation is "observer"'s to call/,
    ],
    ['more threads than a model may have', () => checkLinearizable(ringOf(1), { fc, threads: 8 }), /1 to 7 threads/],
    [
      'a number of scenarios that is none',
      () => checkLinearizable(counterOf(Counter), { fc, scenarios: Number.NaN }),
      /scenarios must be a number from 1 to \d+, not NaN/,
    ],
    [
      'what is not fast-check',
      () => checkLinearizable(counterOf(Counter), {} as never),
      /the option fc must be fast-check: import fc from 'fast-check'/,
    ],
    [
      'a definition without operations',
      () => checkLinearizable({ ...counterOf(Counter), operations: {} } as never, { fc }),
      /there is no operation to call/,
    ],
    [
      'a step that says nothing',
      () => checkScenario(silent, { threads: [[['get']]] }),
      /the step "get" of the specification must return \{ result, state \}, a list of such, or BLOCKED, not undefined/,
    ],
  ])('%s', (_, check, message) => {
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ code: 'ERR_INVALID_MODEL' }));
  });
});
