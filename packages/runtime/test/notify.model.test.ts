// Every interleaving of those who wait and those who notify, and of the same with one access weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/notify.ts';

const PATIENCE = 600_000; // bounded by executions, not by the time of a loaded machine
const BOUNDS = { maxSeconds: PATIENCE / 1000 };
const { timeouts, ...untimed } = models;

describe('every interleaving', { timeout: PATIENCE }, () => {
  it.each(Object.entries(untimed))('%s', (_, model) => {
    expect(verify(() => void model(), BOUNDS)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('timeouts', () => {
    const seen = new Set<string>();
    const result = verify(() => void seen.add(timeouts()), { ...BOUNDS, timeouts: 'any' });
    expect(result).toMatchObject({ isExhaustive: true, truncated: 0 });
    expect([...seen].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['gave up', 'notified']);
  });
});

it('stores a notification beside the one that is taken, or not', () => {
  const seen = new Set<string>();
  verify(() => void seen.add(models.twoNotify()), BOUNDS);
  expect([...seen].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['false', 'true']);
});

it('needs every access as strong as it is', { timeout: PATIENCE }, () => {
  const { survivors, mutants, table } = mutate(untimed, { ...BOUNDS, files: /^src\/notify/ });
  expect(survivors, table).toEqual([]);
  expect(mutants.length, table).toBeGreaterThan(10);
});
