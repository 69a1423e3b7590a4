// Every interleaving of the shared-memory protocols of this package, and of each of them with
// one access made weaker.

import { explore, type ModelOptions, mutate, spawn, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { park, unpark } from '../src/index.ts';
import * as models from './models/models.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine

/** Proves a model, and lists what its executions returned. */
function outcomes(model: () => unknown, options?: ModelOptions): unknown[] {
  const seen = new Set<unknown>();
  const { isExhaustive } = verify(() => void seen.add(model()), { ...PATIENT, ...options });
  expect(isExhaustive).toBe(true);
  return [...seen].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('opens a structure whole, or not at all', () => {
    expect(outcomes(models.openWhilePlacing)).toEqual([0, 20]);
  });

  it('sees a token before and after it is cancelled', () => {
    expect(outcomes(models.cancelWhileLooking)).toEqual([false, true]);
  });

  it('ends a park in each of three ways', () => {
    expect(outcomes(models.parkBriefly, { timeouts: 'any' })).toEqual(['not-equal', 'ok', 'timed-out']);
  });
});

it('finds a wake-up that comes before the change', () => {
  const { failure } = explore(() => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    spawn(() => {
      unpark(words, 0);
      Atomics.store(words, 0, 1);
    });
    while (Atomics.load(words, 0) === 0) park(words, 0, 0);
  });
  expect(failure?.kind).toBe('lost-wake-up');
});

it('needs every access as strong as it is', () => {
  const slice = 'Math.min(slice, left)';
  const reason = 'a slice of a sleep ends by itself, and the word is looked at again';
  const { survivors, mutants } = mutate(models, {
    ...PATIENT,
    files: /^src\//,
    equivalent: [{ line: slice, mutation: 'split', reason }],
  });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(17);
}, 600_000);
