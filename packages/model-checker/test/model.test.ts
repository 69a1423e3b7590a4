// explore() and verify(): their options, their statistics, and what they refuse.

import {
  explore,
  InvalidModelError,
  ModelError,
  replay,
  spawn,
  verify,
  type Statistics,
} from '@concurrency-lab/model-checker';
import { describe, expect, it, vi } from 'vitest';
import { fetchAdd } from './models/anchors.ts';

/** Fails in one of very many interleavings only: the second thread must run in the middle of the first. */
function needle(): void {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const steps = 12;
  const runner = spawn(() => {
    for (let i = 0; i < steps; i++) Atomics.add(words, 0, 1);
  });
  const looker = spawn(() => Atomics.load(words, 0));
  const other = spawn(() => {
    for (let i = 0; i < steps; i++) Atomics.add(words, 0, 100);
  });
  runner.join();
  other.join();
  if (looker.join() === 707) throw new Error('found');
}

describe('explore', () => {
  it('says what it did', () => {
    const statistics = explore(fetchAdd(2, 2));
    expect(statistics).toMatchObject({
      executions: 6,
      cut: 0,
      repeated: 0,
      truncated: 0,
      isExhaustive: true,
      preemptionBound: 2,
      randomExecutions: 0,
      failure: undefined,
    });
    expect(statistics.steps).toBeGreaterThan(6 * 4);
    expect(statistics.seconds).toBeGreaterThan(0);
  });

  it('does not call exhaustive what it could not finish', () => {
    const result = explore(fetchAdd(3, 3), { maxExecutions: 50, randomExecutions: 100, maxPreemptions: 0 });
    expect(result).toMatchObject({ isExhaustive: false, executions: 50, randomExecutions: 100, preemptionBound: 0 });
    const short = explore(fetchAdd(3, 3), { maxSteps: 5 });
    expect(short).toMatchObject({ isExhaustive: false });
    expect(short.truncated).toBeGreaterThan(0);
  });

  it('ends in time', () => {
    let now = 0; // of a clock that goes on by a millisecond at each look
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now++);
    const { seconds, isExhaustive } = explore(fetchAdd(4, 4), { maxSeconds: 0.2 });
    clock.mockRestore();
    expect(isExhaustive).toBe(false);
    expect(seconds).toBeGreaterThanOrEqual(0.2);
    expect(seconds).toBeLessThan(0.3);
  });

  it('reports its progress', () => {
    const seen: Statistics[] = [];
    explore(fetchAdd(4, 3), {
      maxExecutions: 40_000,
      maxSeconds: 100,
      randomExecutions: 0,
      onProgress: (progress) => void seen.push(progress),
    });
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(seen[0]!.executions).toBeGreaterThan(10_000);
  });

  it('finds by chance what the budget does not suffice to find in order', () => {
    const { failure, randomExecutions } = explore(needle, {
      maxExecutions: 20,
      maxPreemptions: 0,
      randomExecutions: 100_000,
      maxSeconds: 100,
    });
    expect(failure?.message).toBe('Error: found');
    expect(randomExecutions).toBeGreaterThan(0);
  });

  it('searches at random in the same way from the same seed', () => {
    const search = (seed: number): number =>
      explore(needle, { maxExecutions: 20, maxPreemptions: 0, randomExecutions: 100_000, maxSeconds: 100, seed })
        .randomExecutions;
    expect(search(7)).toBe(search(7));
    expect([search(8), search(9), search(10)]).not.toEqual([search(7), search(7), search(7)]);
  });

  it('runs an async body', () => {
    const { executions, failure } = explore(async () => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      spawn(() => {
        Atomics.store(words, 0, 1);
        Atomics.notify(words, 0);
      });
      const wait = Atomics.waitAsync(words, 0, 0);
      if (wait.async) await wait.value;
    });
    expect(failure).toBeUndefined();
    // The wait begins before the store, between it and the notify, or after both.
    expect(executions).toBe(3);
  });
});

describe('verify', () => {
  it('throws the trace, with what was thrown as the cause', () => {
    const cause = new RangeError('too far');
    const failing = (): void => {
      throw cause;
    };
    try {
      verify(failing);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelError);
      expect(error).toMatchObject({ name: 'ModelError', code: 'ERR_MODEL_FAILED', cause, failure: { kind: 'error' } });
      expect((error as Error).message).toContain('error: RangeError: too far');
      return;
    }
    throw new Error('it passed');
  });
});

describe('what is refused', () => {
  it.each([
    ['maxExecutions', 0],
    ['maxExecutions', Number.NaN],
    ['maxSeconds', -1],
    ['maxSteps', 10_001],
    ['maxPreemptions', 9],
    ['randomExecutions', -1],
    ['maxSteps', '5' as never],
    ['seed', 'one' as never],
    ['timeouts', 'never' as never],
  ])('%s: %s', (option, value) => {
    expect(() => explore(() => {}, { [option]: value })).toThrow(
      expect.objectContaining({
        name: 'InvalidModelError',
        code: 'ERR_INVALID_MODEL',
        message: expect.stringMatching(new RegExp(`^${option} must be .*, not ${String(value)}$`)) as string,
      }),
    );
  });

  it('options of a replay that are out of range', () => {
    expect(() => replay(() => {}, '', { maxSteps: 0 })).toThrow('maxSteps must be a number from 1 to 10000, not 0');
    expect(() => replay(() => {}, '', { timeouts: 'never' as never })).toThrow("timeouts must be 'stuck' or 'any'");
  });

  it('a body that is no function, or not instrumented', () => {
    expect(() => explore(42 as never)).toThrow('the body of a model must be a function, not number');
    expect(() => explore(structuredClone.bind(undefined) as never)).toThrow(/not instrumented: add modelChecker\(\)/);
  });

  it('a model within a model, and a thread outside of one', () => {
    const { failure } = explore(() => {
      explore(() => {});
    });
    expect(failure?.error).toBeInstanceOf(InvalidModelError);
    expect(() => spawn(() => {})).toThrow(/call it within explore\(\) or verify\(\)/);
  });

  it('a ninth thread', () => {
    const { failure } = explore(() => {
      for (let i = 0; i < 8; i++) spawn(() => {});
    });
    expect(failure?.kind).toBe('unsupported');
    expect(failure?.message).toContain('at most 8 threads');
  });
});
