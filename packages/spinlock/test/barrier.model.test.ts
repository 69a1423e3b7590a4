// Every interleaving of Barrier, and of it with one access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/barrier.ts';
import { outcomes, PATIENT } from './models/outcomes.ts';

const ANY_TIME = { ...PATIENT, timeouts: 'any' } as const;

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', { timeout: 600_000 }, (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('with timeouts that pass at any point, of two that may give up', () => {
    expect(outcomes(models.giveUp, ANY_TIME)).toEqual(['TimeoutError,TimeoutError', 'led,met']);
  });

  it('with a signal that aborts at any point', () => {
    expect(outcomes(models.abortPage, ANY_TIME)).toEqual(['TimeoutError,aborted', 'led,met', 'met,led']);
  });
});

it('needs every access as strong as it is', { timeout: 600_000 }, () => {
  const { meetThree: _, meetAgain: _again, giveUpOnce: _once, ...small } = models;
  const { survivors, mutants } = mutate(small, { ...PATIENT, files: /^src\/barrier/ });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(9);
});
