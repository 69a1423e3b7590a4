// Every interleaving of Semaphore, and of it with one access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { BLOCKED, checkLinearizable, type Step } from '@concurrency-lab/model-checker/linearizability';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Semaphore } from '../src/index.ts';
import { BOUNDED, outcomes, PATIENT } from './models/outcomes.ts';
import * as all from './models/semaphore.ts';

const ANY_TIME = { ...PATIENT, timeouts: 'any' } as const;
const { giveUpThree, ...models } = all;

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', { timeout: 600_000 }, (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('with timeouts that pass at any point', () => {
    expect(outcomes(models.giveUp, ANY_TIME)).toEqual(['TimeoutError', 'acquired']);
    expect(outcomes(models.giveUpMany, ANY_TIME)).toEqual(['TimeoutError']);
  });

  it('lets a call pass that comes first, and no call past one that waits', () => {
    expect(outcomes(models.noOvertaking)).toEqual(['came first', 'waited']);
  });

  it('aborts a call, or serves it', () => {
    expect(outcomes(models.abortPage)).toEqual(['aborted', 'acquired']);
  });
});

it('passes so many interleavings as are asked for, of three in line, one of which gives up', () => {
  const { truncated } = verify(giveUpThree, BOUNDED);
  expect(truncated).toBe(0);
});

const MAXIMUM = 2;
const permits = fc.tuple(fc.integer({ min: 1, max: MAXIMUM }));
const take = (available: number, count: number): Step<number> =>
  available < count ? BLOCKED : { result: count, state: available - count };
const release = (available: number, count: number): Step<number> =>
  available + count > MAXIMUM ? { throws: 'ERR_NOT_HELD', state: available } : { state: available + count };

describe('is linearizable', () => {
  const create = (): Semaphore => Semaphore.create({ permits: 1, maximum: MAXIMUM, spins: 0 });
  const attach = (semaphore: Semaphore): Semaphore => Semaphore.from(semaphore.handle, { spins: 0 });

  it('where nobody waits', { timeout: 600_000 }, () => {
    const { scenarios, exhaustive } = checkLinearizable(
      {
        create,
        attach,
        specification: {
          init: () => 1,
          steps: {
            tryAcquire: (available: number, count: number) => {
              const taken = take(available, count);
              return taken === BLOCKED ? { result: 0, state: available } : taken;
            },
            release,
            available: (available: number) => ({ result: available, state: available }),
          },
        },
        operations: {
          tryAcquire: { run: (semaphore, count) => semaphore.tryAcquire(count)?.count ?? 0, arguments: permits },
          release: { run: (semaphore, count) => semaphore.release(count), arguments: permits },
          available: { run: (semaphore) => semaphore.available },
        },
      },
      { fc, scenarios: 30, maxSeconds: 600, budget: { maxSeconds: 300 } },
    );
    expect(exhaustive).toBe(scenarios);
  });

  it('where calls wait', { timeout: 600_000 }, () => {
    const { scenarios, exhaustive } = checkLinearizable(
      {
        create,
        attach,
        specification: { init: () => 1, steps: { acquire: (available: number) => take(available, 1), release } },
        operations: {
          acquire: { run: (semaphore) => semaphore.acquire().count },
          release: { run: (semaphore, count) => semaphore.release(count), arguments: permits },
        },
      },
      { fc, scenarios: 30, operations: 2, maxSeconds: 600, budget: { maxSeconds: 300 } },
    );
    expect(exhaustive).toBe(scenarios);
  });
});

it('needs every access as strong as it is, and so does the line', { timeout: 600_000 }, () => {
  const { sharePage, signalTwo, ...small } = models;
  const { survivors, mutants } = mutate(
    { ...small, sharePage, signalTwo },
    { ...ANY_TIME, files: /^src\/(?:semaphore|queue)/ },
  );
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(28);
});
