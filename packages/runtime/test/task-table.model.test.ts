// Every interleaving of threads that add names to one table, and of the same with one access weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/task-table.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });
});

describe('what can happen does', () => {
  const outcomes = (model: () => unknown): unknown[] => {
    const seen = new Set<unknown>();
    verify(() => void seen.add(model()), PATIENT);
    return [...seen].toSorted((a, b) => Number(a) - Number(b));
  };

  it('gives one name one number, or two', () => {
    expect(outcomes(models.addSame)).toEqual([0, 3]);
  });

  it('steps over what a dead thread has claimed', () => {
    expect(outcomes(models.dieAdding)).toEqual([4, 7]);
  });
});

it('needs every access as strong as it is', () => {
  const { survivors, mutants } = mutate(models, { ...PATIENT, files: /^src\/tasks\/task-table/ });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(5);
}, 60_000);
