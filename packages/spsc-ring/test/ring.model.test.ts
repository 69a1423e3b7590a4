// Every interleaving of the ring: of each model, of each operation of one side with each of the
// other, of generated operation sequences against a queue, and of all of it with one access weaker.

import { type ModelOptions, mutate, verify } from '@concurrency-lab/model-checker';
import { checkLinearizable, type Specification } from '@concurrency-lab/model-checker/linearizability';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ring as aRing } from './models/a-ring.ts';
import * as closing from './models/closing.ts';
import * as opening from './models/opening.ts';
import { pair, PAIRS } from './models/pairs.ts';
import * as ring from './models/ring.ts';
import * as streams from './models/streams.ts';
import * as waiting from './models/waiting.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine

const models = { ...ring, ...closing, ...opening, ...waiting };

/** Proves a model, and lists what its executions returned. */
function outcomes(model: () => unknown, options?: ModelOptions): unknown[] {
  const seen = new Set<unknown>();
  const { isExhaustive } = verify(() => void seen.add(model()), { ...PATIENT, ...options });
  expect(isExhaustive).toBe(true);
  return [...seen].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}

describe('every interleaving', () => {
  it.each(Object.entries({ ...models, ...streams }))('%s', (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it.each([
    [1, 1],
    [2, 1],
    [2, 2],
  ])('of a ring of %i that hands back %i at once, operation by operation', (capacity, freeEvery) => {
    for (const [producing, consuming] of PAIRS) {
      const { isExhaustive, truncated } = verify(pair(producing, consuming, capacity, freeEvery), PATIENT);
      expect([producing, consuming, isExhaustive, truncated]).toEqual([producing, consuming, true, 0]);
    }
  });
});

describe('what can happen does', () => {
  it('accepts as many tries as found room, and no more than one was waiting', () => {
    const seen = ['1-', '1-1', '12-1', '12-12', '123-12', '123-123', '13-1', '13-13'];
    expect(outcomes(ring.triesOfOne)).toEqual(seen);
  });

  it('opens a ring whole, or not at all', () => {
    expect(outcomes(opening.openWhilePlacing)).toEqual(['2', 'InvalidHandleError']);
  });

  it('loses what a terminated producer had not published, and nothing else', () => {
    expect(outcomes(opening.producerTerminated)).toEqual(['129', '19', '9']);
    expect(outcomes(opening.producerTerminatedUnpublished)).toEqual(['129', '9']);
  });

  it('times out at any moment', () => {
    expect(outcomes(waiting.asyncTimeout, { timeouts: 'any' })).toEqual(['1', 'TimeoutError']);
  });

  it('accepts what comes before the consumer closes', () => {
    expect(outcomes(closing.consumerCloses)).toEqual(['0', '1', '2', '3']);
  });
});

it('needs every access as strong as it is', () => {
  const { survivors, mutants } = mutate(models, { ...PATIENT, files: /^src\// });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(35);
}, 600_000);

interface Queue {
  readonly items: readonly number[];
  readonly isClosed: boolean;
}

type Steps = {
  push: [item: number];
  pop: [];
  peek: [];
  free: [];
  size: [];
  closeProducer: [];
  closeConsumer: [];
};

/** A queue that refuses when it holds `capacity` items, and may refuse no earlier; with late hand-back it may accept `slack` more. */
function queueOf(capacity: number, slack: number): Specification<Queue, Steps> {
  const close = (queue: Queue) => ({ state: { ...queue, isClosed: true } });
  return {
    init: () => ({ items: [], isClosed: false }),
    steps: {
      push: (queue, item) => {
        const accept = { result: true, state: { ...queue, items: [...queue.items, item] } };
        const refuse = { result: false, state: queue };
        if (queue.isClosed) return refuse;
        if (queue.items.length < capacity) return accept;
        return queue.items.length < capacity + slack ? [accept, refuse] : refuse;
      },
      pop: (queue) => ({ result: queue.items[0], state: { ...queue, items: queue.items.slice(1) } }),
      peek: (queue) => ({ result: queue.items[0], state: queue }),
      free: (queue) => {
        if (queue.isClosed) return { result: 0, state: queue };
        const least = Math.max(0, capacity - queue.items.length);
        return Array.from({ length: slack + 1 }, (_, more) => ({ result: least + more, state: queue }));
      },
      size: (queue) => ({ result: queue.items.length, state: queue }),
      closeProducer: close,
      closeConsumer: close,
    },
  };
}

describe('linearizability', () => {
  it.each([
    [1, 1, 0],
    [2, 1, 0],
    [2, 2, 1],
  ])('of a ring of %i that hands back %i at once', (capacity, freeEvery, slack) => {
    const producer = 'producer';
    const consumer = 'consumer';
    const { scenarios, exhaustive, executions } = checkLinearizable(
      {
        create: () => aRing({ capacity, freeEvery }),
        specification: queueOf(capacity, slack),
        operations: {
          push: {
            run: ([side], item) => side.push(item),
            arguments: fc.tuple(fc.integer({ min: 1, max: 9 })),
            role: producer,
          },
          pop: { run: ([, side]) => side.pop(), role: consumer },
          peek: { run: ([, side]) => side.peek(), role: consumer },
          free: { run: ([side]) => side.free, role: producer },
          size: { run: ([, side]) => side.size, role: consumer },
          closeProducer: { run: ([side]) => side.close(), role: producer },
          closeConsumer: { run: ([, side]) => side.close(), role: consumer },
        },
      },
      {
        fc,
        threads: [producer, consumer],
        operations: 3,
        before: 1,
        after: 2,
        scenarios: 25,
        maxSeconds: 600,
        budget: { maxSeconds: 300 },
      },
    );
    expect(exhaustive).toBe(scenarios);
    expect(executions).toBeGreaterThan(scenarios);
  });
});
