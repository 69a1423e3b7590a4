// Every interleaving of TicketLock, and of TicketLock with one access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/ticket-lock.ts';

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
  const { lockThree: _0, ...small } = models.always;
  const { survivors, mutants } = mutate(
    { ...small, ...models.whenTimeoutsFire },
    { ...BOUNDS, files: /^src\/ticket-/, timeouts: 'any' },
  );
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(22);
});
