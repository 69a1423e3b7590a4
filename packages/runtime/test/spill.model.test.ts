// Every interleaving of threads that share the blocks of a spill, and of the same with one access weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/spill.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });
});

describe('what can happen does', () => {
  const outcomes = (model: () => unknown): string[] => {
    const seen = new Set<string>();
    verify(() => void seen.add(String(model())), PATIENT);
    return [...seen].toSorted((a, b) => (a < b ? -1 : 1));
  };

  it('gives the only block to one, or to each in turn', () => {
    expect(outcomes(models.takeOne)).toEqual(['false true', 'true false', 'true true']);
  });

  it('leaves a dead thread with its block until it is reclaimed', () => {
    expect(outcomes(models.dieHolding)).toEqual(['1', '2']);
  });
});

it('needs every access as strong as it is', () => {
  const { survivors, mutants } = mutate(models, { ...PATIENT, files: /^src\/wire\/spill/ });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(6);
}, 60_000);
