// Every interleaving of the threads that share queues and slots and wake each other, and of the
// same with one access weaker.

import { type Equivalent, mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as queues from './models/run-queue.ts';
import * as slots from './models/slots.ts';
import * as waking from './models/waking.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine
const { large, ...small } = waking;
const models: Readonly<Record<string, () => unknown>> = { ...queues, ...slots, ...small };

const { joinAndVanish, endTwo, claimNextLife, callTwice, ...others } = slots;
const joining = { joinAndVanish, claimNextLife, endTwo, giveToBlocking: waking.giveToBlocking };
const { oneTaskForOne, oneTaskForAListener, spawnForTheOther: _large, ...bits } = small;
const idling = { ...bits, oneTaskForAListener, oneTaskForOne };
const slotsAlone = { ...others, callTwice, claimNextLife };

/** Mutants that change nothing. */
const EQUIVALENT: readonly (Equivalent & { readonly file: string })[] = [
  {
    file: 'src/scheduler/inbox.ts',
    line: 'this.#words[this.#taken] = first',
    mutation: 'delay',
    reason: 'a thread is terminated before a step, and the delayed write comes right after one',
  },
  {
    file: 'src/scheduler/inbox.ts',
    line: 'this.#words[this.#taken] = next',
    mutation: 'delay',
    reason: 'a slot may be released twice in a recovery',
  },
  {
    file: 'src/scheduler/inbox.ts',
    line: 'this.#words[this.#taken] = END',
    mutation: 'delay',
    reason: 'nothing is taken before a recovery ends',
  },
];

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });
});

describe('some interleavings', () => {
  it.each(Object.entries(large))('%s', (_, model) => {
    const { preemptionBound } = verify(model, { maxExecutions: 1, randomExecutions: 500, maxSeconds: 600 });
    expect(preemptionBound).toBeGreaterThanOrEqual(0);
  });
});

describe('what can happen does', () => {
  const outcomes = (model: () => unknown): string[] => {
    const seen = new Set<string>();
    verify(() => void seen.add(String(model())), PATIENT);
    return [...seen].toSorted((a, b) => (a < b ? -1 : 1));
  };

  it.each<[keyof typeof slots | keyof typeof queues, string[]]>([
    ['claimTwice', ['nothing,nothing', 'nothing,ran']],
    ['claimNextLife', ['nothing,ran', 'ran,ran']],
    ['cancelAgainstClaim', ['cancelled', 'ran']],
    ['claimBlocking', ['cancelled,nothing', 'nothing,cancelled', 'nothing,ran']],
    ['putBackAgainstAbort', ['asked: asked to end', 'asked: ran', 'cancelled: cancelled']],
    ['putBackForAnother', ['nothing', 'put back']],
    ['askWhileReplaced', ['0', '10', '9']],
    ['countMeanwhile', ['0', '5']],
    ['vanish', ['ended', 'lost', 'waits']],
    ['pagesOfTwo', ['one', 'the other']],
    ['pageHandedOn', ['none', 'one']],
    ['moveAndVanish', ['2', '3', '4']],
    ['lengthMeanwhile', ['0', '1', '2']],
  ])('%s', (name, expected) => {
    expect(outcomes(models[name]!)).toEqual(expected);
  });
});

describe('needs every access as strong as it is:', () => {
  // Each part by its own models, the quick ones first.
  it.each<[string, RegExp, Readonly<Record<string, () => unknown>>, number]>([
    ['queues', /^src\/scheduler\/(?:run-queue|next-slot)/, queues, 20],
    ['slots', /^src\/scheduler\/(?:slot|pages|lanes|counters)\.ts/, slotsAlone, 20],
    ['inboxes and bells', /^src\/scheduler\/(?:inbox|bell)/, joining, 15],
    ['the idle set', /^src\/scheduler\/(?:idle|memory)/, idling, 15],
  ])(
    '%s',
    (_, files, some, least) => {
      const { survivors, mutants, table } = mutate(some, {
        ...PATIENT,
        files,
        maxPreemptions: -1,
        equivalent: EQUIVALENT.filter(({ file }) => files.test(file)),
      });
      expect(survivors, table).toEqual([]);
      expect(mutants.length, table).toBeGreaterThan(least);
    },
    600_000,
  );
});
