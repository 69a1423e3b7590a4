// Every interleaving of senders and a receiver, and of the same with one access weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/mpsc.ts';

const PATIENCE = 600_000; // bounded by executions, not by the time of a loaded machine
const BOUNDS = { maxSeconds: PATIENCE / 1000 };
const { timeouts, ...untimed } = models;

describe('every interleaving', { timeout: PATIENCE }, () => {
  it.each(Object.entries(untimed))('%s', (_, model) => {
    expect(verify(() => void model(), BOUNDS)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('timeouts', () => {
    expect(verify(timeouts, { ...BOUNDS, timeouts: 'any' })).toMatchObject({ isExhaustive: true, truncated: 0 });
  });
});

describe('what can happen does', () => {
  const outcomes = (model: () => unknown): string[] => {
    const seen = new Set<string>();
    verify(() => void seen.add(String(model())), BOUNDS);
    return [...seen].toSorted((a, b) => (a < b ? -1 : 1));
  };

  it('accepts as many tries as found room, and no more than one was waiting', () => {
    expect(outcomes(models.tries)).toEqual(['1-', '1-1', '12-1', '12-12']);
  });

  it('receives two senders in either order', () => {
    expect(outcomes(models.twoSenders)).toEqual(['1,2', '2,1']);
  });

  it('receives what a terminated sender had sent, or not', () => {
    expect(outcomes(models.senderDies)).toEqual([',2', '1,2']);
  });

  it('accepts what comes before the receiver closes', () => {
    expect(outcomes(models.receiverCloses)).toEqual(['', '1', '1,2']);
  });
});

it('needs every access as strong as it is', { timeout: PATIENCE }, () => {
  const { bothWait: _0, backPressure: _1, waitAsync, polls, receiverMoves, shareAndLeave, ...small } = untimed;
  // Those with many interleavings come last: they are run for what no other one kills.
  const ordered = { ...small, waitAsync, polls, receiverMoves, shareAndLeave };
  const { survivors, mutants } = mutate(ordered, {
    ...BOUNDS,
    files: /^src\/channel\/(?!layout)/,
    equivalent: [
      {
        line: 'words[TAKEN] = behind',
        mutation: 'delay',
        reason: 'the receiver gives its cell back before it can go to another thread',
      },
    ],
  });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(44);
});
