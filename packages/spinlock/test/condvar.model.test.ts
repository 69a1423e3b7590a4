// Every interleaving of Condvar with a Mutex, and of it with one access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { BLOCKED, checkLinearizable, type Step } from '@concurrency-lab/model-checker/linearizability';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Condvar, Mutex } from '../src/index.ts';
import * as condvar from './models/condvar.ts';
import { BOUNDED, outcomes, PATIENT } from './models/outcomes.ts';

const ANY_TIME = { ...PATIENT, timeouts: 'any' } as const;
const { three, ...models } = condvar;

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', { timeout: 600_000 }, (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it('with timeouts that pass at any point', () => {
    expect(outcomes(models.giveUp, ANY_TIME)).toEqual(['TimeoutError', 'took']);
  });

  it('aborts a wait, or lets it take', () => {
    expect(outcomes(models.abortPage)).toEqual(['aborted', 'took']);
  });
});

it.each(Object.entries(three))('so many interleavings of three threads as are asked for: %s', (_, model) => {
  const { truncated } = verify(model, BOUNDED);
  expect(truncated).toBe(0);
});

/** A queue of at most one number, in plain memory that a mutex guards. */
class Slot {
  readonly #mutex: Mutex;
  readonly #changed: Condvar;
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(mutex: Mutex, changed: Condvar, words: Int32Array<SharedArrayBuffer>) {
    this.#mutex = mutex;
    this.#changed = changed;
    this.#words = words;
  }

  open(): Slot {
    return new Slot(Mutex.from(this.#mutex.handle, { spins: 0 }), Condvar.from(this.#changed.handle), this.#words);
  }

  put(value: number): void {
    using _ = this.#mutex.lock();
    while (this.#words[0] !== 0) this.#changed.wait(this.#mutex);
    this.#words[0] = value;
    this.#changed.notifyAll();
  }

  take(): number {
    using _ = this.#mutex.lock();
    while (this.#words[0] === 0) this.#changed.wait(this.#mutex);
    const value = this.#words[0]!;
    this.#words[0] = 0;
    this.#changed.notifyAll();
    return value;
  }
}

it('makes a queue that is linearizable', { timeout: 600_000 }, () => {
  const { scenarios, exhaustive } = checkLinearizable(
    {
      create: () => new Slot(Mutex.create({ spins: 0 }), Condvar.create(), new Int32Array(new SharedArrayBuffer(4))),
      attach: (slot: Slot) => slot.open(),
      specification: {
        init: () => 0,
        steps: {
          put: (held: number, value: number): Step<number> => (held === 0 ? { state: value } : BLOCKED),
          take: (held: number): Step<number> => (held === 0 ? BLOCKED : { result: held, state: 0 }),
        },
      },
      operations: {
        put: { run: (slot, value) => slot.put(value), arguments: fc.tuple(fc.integer({ min: 1, max: 9 })) },
        take: { run: (slot) => slot.take() },
      },
    },
    { fc, scenarios: 30, operations: 1, before: 1, after: 1, maxSeconds: 600, budget: { maxSeconds: 300 } },
  );
  expect(exhaustive).toBe(scenarios);
});

it('needs every access as strong as it is', { timeout: 600_000 }, () => {
  const { takeTurns: _, ...small } = models;
  const { survivors, mutants } = mutate(small, { ...ANY_TIME, files: /^src\/condvar/ });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(8);
});
