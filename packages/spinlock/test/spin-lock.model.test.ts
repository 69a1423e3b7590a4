// Every interleaving of SpinLock, and of SpinLock with one access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/spin-lock.ts';

const PATIENCE = 600_000; // bounded by executions, not by the time of a loaded machine
const BOUNDS = { maxSeconds: PATIENCE / 1000 };

describe('every interleaving', { timeout: PATIENCE }, () => {
  it.each(Object.entries({ ...models.always, ...models.cancelled }))('%s', (_, model) => {
    expect(verify(model, BOUNDS)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it.each(Object.entries(models.whenTimeoutsFire))('%s', (_, model) => {
    expect(verify(model, { ...BOUNDS, timeouts: 'any' })).toMatchObject({ isExhaustive: true, truncated: 0 });
  });
});

it('needs every access as strong as it is', { timeout: PATIENCE }, () => {
  const { survivors, mutants } = mutate(models.always, { ...BOUNDS, files: /^src\/spin-lock/ });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(9);
});
