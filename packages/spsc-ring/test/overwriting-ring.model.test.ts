// Every interleaving of the overwriting ring, of generated calls against a queue that drops its
// oldest, and of each access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { checkLinearizable } from '@concurrency-lab/model-checker/linearizability';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OverwritingRing } from '../src/index.ts';
import * as models from './models/overwriting-ring.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine

/** Proves a model, and lists what its executions returned. */
function outcomes(model: () => unknown): unknown[] {
  const seen = new Set<unknown>();
  const { isExhaustive } = verify(() => void seen.add(model()), PATIENT);
  expect(isExhaustive).toBe(true);
  return [...seen].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('loses the oldest, and only where the ring is full', () => {
    expect(outcomes(models.overflows)).toEqual(['123', '23']);
    expect(outcomes(models.sizes)).toEqual(['00', '01', '02', '10', '11', '12', '20', '21', '22']);
  });

  it('is opened whole, or not at all', () => {
    expect(outcomes(models.openWhilePlacing)).toEqual(['2 of 8', 'InvalidHandleError']);
  });

  it('ends in each way that there is', () => {
    expect(outcomes(models.consumerCloses)).toEqual(['nnn', 'ynn', 'yyn', 'yyy']);
    expect(outcomes(models.producerTerminated)).toEqual(['', '1', '12', '23']);
  });
});

it('is a queue of two messages that drops its oldest, and says how many', () => {
  const { scenarios, exhaustive } = checkLinearizable(
    {
      create: () => {
        const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 1, spins: 0 });
        return { producer, consumer };
      },
      specification: {
        init: () => ({ queue: [] as number[], missed: 0 }),
        steps: {
          push: ({ queue, missed }, value: number) =>
            queue.length < 2
              ? { result: true, state: { queue: [...queue, value], missed } }
              : { result: true, state: { queue: [...queue.slice(1), value], missed: missed + 1 } },
          pop: ({ queue, missed }) =>
            queue.length === 0
              ? { result: undefined, state: { queue, missed } }
              : { result: `${queue[0]} after missing ${missed}`, state: { queue: queue.slice(1), missed } },
        },
      },
      operations: {
        push: {
          arguments: fc.tuple(fc.integer({ min: 1, max: 9 })),
          role: 'producer',
          run: ({ producer }, value: number) => producer.push(Uint8Array.of(value)),
        },
        pop: {
          role: 'consumer',
          run: ({ consumer }) => {
            const bytes = consumer.pop();
            return bytes === undefined ? undefined : `${bytes[0]} after missing ${consumer.missed}`;
          },
        },
      },
    },
    {
      fc,
      threads: ['producer', 'consumer'],
      operations: 3,
      before: 2,
      after: 1,
      scenarios: 12,
      maxSeconds: 600,
      budget: { maxSeconds: 300 },
    },
  );
  expect(exhaustive).toBe(scenarios);
});

it('needs every access as strong as it is', () => {
  const { overflows, wraps, inPlace, openWhilePlacing } = models;
  const { survivors } = mutate(
    { overflows, wraps, inPlace, openWhilePlacing },
    { ...PATIENT, files: /^src\/overwriting-/ },
  );
  expect(survivors).toEqual([]);
}, 600_000);
