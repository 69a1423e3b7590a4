// Every interleaving of wake-ups from other threads, and each access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/inbox.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('a late call wakes the waker, its successor or nobody', () => {
    const seen = new Set<string>();
    verify(() => void seen.add(models.callTooLate()), PATIENT);
    expect([...seen].toSorted()).toEqual(['for nothing', 'in time', 'not at all']);
  });
});

it('needs every access as strong as it is', () => {
  const { survivors, mutants } = mutate(models, { ...PATIENT, files: /^src\/inbox\// });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBeGreaterThan(12);
}, 600_000);
