// Every interleaving of the ring of messages, and of each access made weaker.

import { type ModelOptions, mutate, verify } from '@concurrency-lab/model-checker';
import { checkLinearizable } from '@concurrency-lab/model-checker/linearizability';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteRing } from '../src/index.ts';
import { bytePair, BYTE_PAIRS } from './models/byte-pairs.ts';
import * as models from './models/byte-ring.ts';

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

  it('operation by operation', () => {
    for (const [producing, consuming] of BYTE_PAIRS) {
      const { isExhaustive, truncated } = verify(bytePair(producing, consuming), PATIENT);
      expect([producing, consuming, isExhaustive, truncated]).toEqual([producing, consuming, true, 0]);
    }
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

it('is a queue of what fits into its words, padding included', () => {
  const SLOTS = 5;
  const { scenarios, exhaustive } = checkLinearizable(
    {
      create: () => {
        const [producer, consumer] = ByteRing.create({ capacity: 4 * SLOTS, spins: 0 });
        return { producer, consumer };
      },
      specification: {
        init: () => ({ queue: [] as { length: number; words: number }[], slot: 0, used: 0 }),
        steps: {
          push: ({ queue, slot, used }, length: number) => {
            const frame = 1 + Math.ceil(length / 4);
            const padding = frame > SLOTS - slot ? SLOTS - slot : 0;
            const words = padding + frame;
            if (used + words > SLOTS) return { result: false, state: { queue, slot, used } };
            const state = { queue: [...queue, { length, words }], slot: (slot + words) % SLOTS, used: used + words };
            return { result: true, state };
          },
          pop: ({ queue, slot, used }) =>
            queue.length === 0
              ? { result: undefined, state: { queue, slot, used } }
              : { result: queue[0]!.length, state: { queue: queue.slice(1), slot, used: used - queue[0]!.words } },
        },
      },
      operations: {
        push: {
          arguments: fc.tuple(fc.integer({ min: 0, max: 8 })),
          role: 'producer',
          run: ({ producer }, length: number) => producer.push(new Uint8Array(length)),
        },
        pop: { role: 'consumer', run: ({ consumer }) => consumer.pop()?.length },
      },
    },
    {
      fc,
      threads: ['producer', 'consumer'],
      operations: 3,
      before: 2,
      after: 2,
      scenarios: 20,
      maxSeconds: 600,
      budget: { maxSeconds: 300 },
    },
  );
  expect(exhaustive).toBe(scenarios);
});

it('needs every access as strong as it is', () => {
  const { pushAndPop, reserveAndRead, texts, codecs, codecsAside, openWhilePlacing } = models;
  const few = { pushAndPop, reserveAndRead, texts, codecs, codecsAside, openWhilePlacing };
  // The accesses that order these are those of cursor.ts: ring.model.test.ts makes them weaker.
  const { survivors } = mutate(few, {
    ...PATIENT,
    files: /src\/(?:framing|codec|utf8|byte-[a-z]+|control-memory)\.ts/,
  });
  expect(survivors).toEqual([]);
}, 600_000);
