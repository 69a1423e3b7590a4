// A published package, unmodified: ringbuf.js 0.4.0, a ring for one producer and one consumer.
// What it promises holds; two things that it does not promise, or should not do, are shown.

import * as fc from 'fast-check';
import { RingBuffer } from 'ringbuf.js';
import { describe, expect, it } from 'vitest';
import {
  checkLinearizable,
  checkScenario,
  ScenarioError,
  type ScenarioFailure,
} from '../dist/linearizability/index.js';
import { isInstrumented } from './subjects/lin-instrumented.ts';
import { ringbuf } from './subjects/ringbuf.ts';

function failureOf(check: () => unknown): ScenarioFailure {
  try {
    check();
  } catch (error) {
    if (error instanceof ScenarioError) return error.failure;
    throw error;
  }
  throw new Error('nothing was found');
}

function historyIn({ report }: ScenarioFailure): string | undefined {
  return /history:(\n.*?\n)\n/s.exec(report)?.[1];
}

describe('ringbuf.js', () => {
  it('runs instrumented, and as it was published', () => {
    expect(isInstrumented(Object.getOwnPropertyDescriptor(RingBuffer.prototype, 'push')?.value)).toBe(true);
    expect(isInstrumented(Object.getOwnPropertyDescriptor(RingBuffer.prototype, 'pop')?.value)).toBe(true);
    expect(isInstrumented(Array.prototype.push)).toBe(false);
  });

  it.each([
    [2, 3, 3],
    [3, 4, 3],
  ])('with capacity %i keeps the order and loses nothing', (capacity, pushes, pops) => {
    const statistics = checkScenario(ringbuf(capacity), {
      threads: {
        producer: Array.from({ length: pushes }, (_, i) => ['push', i + 1] as const),
        consumer: Array.from({ length: pops }, () => ['pop', 1] as const),
      },
      after: [['pop', capacity + 1]],
    });
    expect(statistics.isExhaustive).toBe(true);
  });

  it.each([2, 3])(
    'with capacity %i is linearizable, one element at a time, with each operation on its side',
    (capacity) => {
      const statistics = checkLinearizable(ringbuf(capacity), {
        fc,
        maxSeconds: 600,
        budget: { maxSeconds: 300 },
        threads: ['producer', 'consumer'],
        after: 1,
        scenarios: 25,
      });
      expect(statistics.isExhaustive).toBe(true);
    },
  );

  it('publishes later than it looks for room, so that a batch of which only a part fits is no single step', () => {
    const { kind, report } = failureOf(() =>
      checkScenario(ringbuf(2), {
        threads: {
          producer: [
            ['push', 1],
            ['push', 2, 3],
          ],
          consumer: [['pop', 1], ['empty']],
        },
      }),
    );
    expect(kind).toBe('not-linearizable');
    expect(report).toMatch(/push\(2, 3\) returns 1\b.*empty\(\) returns true, but should return false/s);
  });

  it('counts more elements than there ever were when a third thread asks', () => {
    const failure = failureOf(() =>
      checkScenario(ringbuf(2), {
        threads: {
          producer: [
            ['push', 1],
            ['push', 2],
          ],
          consumer: [['pop', 1]],
          observer: [['availableRead']],
        },
      }),
    );
    expect(failure.kind).toBe('not-linearizable');
    expect(historyIn(failure)).toBe(`
   #  producer         | consumer          | observer
   1  → push(1)        |                   |
   2  ← push returns 1 |                   |
   3                   |                   | → availableRead()
   4                   | → pop(1)          |
   5                   | ← pop returns [1] |
   6  → push(2)        |                   |
   7  ← push returns 1 |                   |
   8                   |                   | ← availableRead returns 2
`);
    expect(failure.report).toContain('where the state is [2], and of what may come next');
    // The steps are those of the package's own code.
    expect(failure.report).toMatch(/\[0\] .*2 .*:212$/m);
  });

  it('publishes what nobody wrote when a callback says that it wrote nothing', () => {
    const failure = failureOf(() =>
      checkScenario(ringbuf(2), { threads: { producer: [['write', 7, 0]], consumer: [['pop', 1]] } }),
    );
    expect(failure.kind).toBe('not-linearizable');
    expect(historyIn(failure)).toBe(`
   #  producer          | consumer
   1  → write(7, 0)     |
   2  ← write returns 1 |
   3                    | → pop(1)
   4                    | ← pop returns [0]
`);
    expect(failure.report).toContain('producer: write(7, 0) returns 1, but should return 0');
  });
});
