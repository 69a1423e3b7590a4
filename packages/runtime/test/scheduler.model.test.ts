// Every interleaving of the threads that share queues and slots and wake each other, and of the
// same with one access weaker.

import { verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as queues from './models/run-queue.ts';
import * as slots from './models/slots.ts';
import * as waking from './models/waking.ts';

const { large, ...small } = waking;
const models: Readonly<Record<string, () => unknown>> = { ...queues, ...slots, ...small };

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model)).toMatchObject({ isExhaustive: true, truncated: 0 });
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
    verify(() => void seen.add(String(model())));
    return [...seen].toSorted((a, b) => (a < b ? -1 : 1));
  };

  it.each<[keyof typeof slots | keyof typeof queues, string[]]>([
    ['claimTwice', ['nothing,nothing', 'nothing,ran']],
    ['claimNextLife', ['nothing,ran', 'ran,ran']],
    ['cancelAgainstClaim', ['cancelled', 'ran']],
    ['putBackAgainstAbort', ['asked: asked to end', 'asked: ran', 'cancelled: cancelled', 'missed: ran']],
    ['vanish', ['ended', 'lost', 'waits']],
    ['pagesOfTwo', ['one', 'the other']],
    ['pageHandedOn', ['none', 'one']],
    ['moveAndVanish', ['2', '3', '4']],
    ['lengthMeanwhile', ['0', '1', '2']],
  ])('%s', (name, expected) => {
    expect(outcomes(models[name]!)).toEqual(expected);
  });
});
