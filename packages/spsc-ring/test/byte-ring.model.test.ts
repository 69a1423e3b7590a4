// Every interleaving of the ring of messages, and of each access made weaker.

import { type ModelOptions, mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/byte-ring.ts';

/** Proves a model, and lists what its executions returned. */
function outcomes(model: () => unknown, options?: ModelOptions): unknown[] {
  const seen = new Set<unknown>();
  const { isExhaustive } = verify(() => void seen.add(model()), options);
  expect(isExhaustive).toBe(true);
  return [...seen].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('accepts what fits, and takes what was accepted', () => {
    expect(outcomes(models.pushAndPop)).toEqual(['1,2', '1,2,3']);
    expect(outcomes(models.reserveAndRead)).toEqual(['1', '2']);
  });

  it('is opened whole, or not at all', () => {
    expect(outcomes(models.openWhilePlacing)).toEqual(['8', 'InvalidHandleError']);
  });

  it('ends in each way that there is', () => {
    expect(outcomes(models.producerCloses)).toEqual(['--1', '-1', '1', '1-']);
    expect(outcomes(models.consumerCloses)).toEqual(['', '1', '12', '123']);
    expect(outcomes(models.producerTerminated)).toEqual(['', '1', '12']);
  });
});

it('needs every access as strong as it is', () => {
  const { pushAndPop, reserveAndRead, texts, codecs, codecsAside, openWhilePlacing } = models;
  const few = { pushAndPop, reserveAndRead, texts, codecs, codecsAside, openWhilePlacing };
  // The accesses that order these are those of cursor.ts: ring.model.test.ts makes them weaker.
  const { survivors } = mutate(few, { files: /src\/(?:framing|codec|utf8|byte-[a-z]+|control-memory)\.ts/ });
  expect(survivors).toEqual([]);
});
