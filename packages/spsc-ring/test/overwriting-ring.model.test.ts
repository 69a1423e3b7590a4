// Every interleaving of the overwriting ring, of generated calls against a queue that drops its
// oldest, and of each access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { checkLinearizable } from '@concurrency-lab/model-checker/linearizability';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OverwritingRing } from '../src/index.ts';
import * as models from './models/overwriting-ring.ts';

/** Proves a model, and lists what its executions returned. */
function outcomes(model: () => unknown): unknown[] {
  const seen = new Set<unknown>();
  const { isExhaustive } = verify(() => void seen.add(model()));
  expect(isExhaustive).toBe(true);
  return [...seen].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (name, model) => {
    const r = verify(model);
    console.log(name, r.executions, r.seconds);
    expect(r).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('loses the oldest, and only where the ring is full', () => {
    console.log(
      outcomes(models.overflows),
      outcomes(models.receives),
      outcomes(models.consumerCloses),
      outcomes(models.producerTerminated),
      outcomes(models.sizes),
    );
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
    { fc, threads: ['producer', 'consumer'], operations: 3, before: 2, after: 1, scenarios: 12, maxSeconds: 15 },
  );
  expect(exhaustive).toBe(scenarios);
});

it('needs every access as strong as it is', () => {
  const { overflows, wraps, inPlace, openWhilePlacing } = models;
  const { survivors } = mutate(
    { overflows, wraps, inPlace, openWhilePlacing },
    { files: /^src\/overwriting-/ },
  );
  expect(survivors).toEqual([]);
});
