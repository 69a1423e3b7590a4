// Every interleaving of Once, and of it with one access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { checkLinearizable } from '@concurrency-lab/model-checker/linearizability';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Once } from '../src/index.ts';
import * as models from './models/once.ts';
import { outcomes, PATIENT } from './models/outcomes.ts';

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', { timeout: 600_000 }, (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('with timeouts that pass at any point', () => {
    expect(outcomes(models.runBriefly, { ...PATIENT, timeouts: 'any' })).toEqual(['TimeoutError', 'ran', 'waited']);
  });
});

it('is linearizable', { timeout: 600_000 }, () => {
  const { scenarios, exhaustive } = checkLinearizable(
    {
      create: () => Once.create({ spins: 0 }),
      attach: (once: Once) => Once.from(once.handle, { spins: 0 }),
      specification: {
        init: () => 'new',
        steps: {
          run: (state: string) => ({ result: state === 'new', state: 'done' }),
          // Whoever finds another one running need not wait for it.
          tryRun: (state: string) => [
            { result: true, state: 'done' },
            { result: false, state },
          ],
          fail: (state: string) => (state === 'done' ? { result: false, state } : { throws: 'Error', state }),
          isDone: (state: string) => ({ result: state === 'done', state }),
        },
      },
      operations: {
        run: { run: (once) => once.run(() => {}) },
        tryRun: { run: (once) => once.tryRun(() => {}) },
        fail: {
          run: (once) =>
            once.run(() => {
              throw new Error('failed');
            }),
        },
        isDone: { run: (once) => once.isDone },
      },
    },
    { fc, scenarios: 30, operations: 2, maxSeconds: 600, budget: { maxSeconds: 300 } },
  );
  expect(exhaustive).toBe(scenarios);
});

it('needs every access as strong as it is', { timeout: 600_000 }, () => {
  const { runThree: _, ...small } = models;
  const { survivors, mutants } = mutate(small, { ...PATIENT, files: /^src\/once/ });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(6);
});
