// Every interleaving of RwLock, and of it with one access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { checkLinearizable, type Step } from '@concurrency-lab/model-checker/linearizability';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LockGuard, RwLock } from '../src/index.ts';
import { outcomes, PATIENT } from './models/outcomes.ts';
import * as models from './models/rw-lock.ts';

const ANY_TIME = { ...PATIENT, timeouts: 'any' } as const;

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', { timeout: 600_000 }, (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });

  it.each([models.writerGivesUp, models.readerGivesUp])('with timeouts that pass at any point: $name', (model) => {
    expect(outcomes(model, ANY_TIME)).toEqual(['TimeoutError', 'locked']);
  });

  it('with timeouts that pass at any point, of two in line', () => {
    const both = outcomes(models.inLineGiveUp, ANY_TIME);
    expect(both).toEqual(['TimeoutError,TimeoutError', 'TimeoutError,locked', 'locked,TimeoutError', 'locked,locked']);
  });

  it('keeps a reader out that comes after a writer', () => {
    expect(outcomes(models.preferWriter)).toEqual(['came first', 'kept out']);
  });

  it('aborts a writer, or lets it in', () => {
    expect(outcomes(models.abortPage)).toEqual(['aborted', 'locked']);
  });
});

type Held = Readonly<Record<'A' | 'B', 'nothing' | 'reading' | 'writing'>>;

/** A thread's own object, and the guard that it holds. */
interface Own {
  readonly lock: RwLock;
  guard: LockGuard | undefined;
}

const attempt = (held: Held, who: 'A' | 'B', what: 'reading' | 'writing'): Step<Held> => {
  const other = held[who === 'A' ? 'B' : 'A'];
  const isFree = held[who] === 'nothing' && (other === 'nothing' || (what === 'reading' && other === 'reading'));
  return isFree ? { result: true, state: { ...held, [who]: what } } : { result: false, state: held };
};
const unlock = (held: Held, who: 'A' | 'B'): Step<Held> => ({
  result: held[who] !== 'nothing',
  state: { ...held, [who]: 'nothing' },
});
const tryRead = (own: Own): boolean => own.guard === undefined && (own.guard = own.lock.tryRead()) !== undefined;
const tryWrite = (own: Own): boolean => own.guard === undefined && (own.guard = own.lock.tryWrite()) !== undefined;
const release = (own: Own): boolean => {
  if (own.guard === undefined) return false;
  own.guard.unlock();
  own.guard = undefined;
  return true;
};

describe('is linearizable', () => {
  it('where nobody waits', { timeout: 600_000 }, () => {
    const { scenarios, exhaustive } = checkLinearizable(
      {
        create: (): Own => ({ lock: RwLock.create({ spins: 0 }), guard: undefined }),
        attach: ({ lock }): Own => ({ lock: RwLock.from(lock.handle, { spins: 0 }), guard: undefined }),
        specification: {
          init: (): Held => ({ A: 'nothing', B: 'nothing' }),
          steps: {
            tryReadA: (held: Held) => attempt(held, 'A', 'reading'),
            tryReadB: (held: Held) => attempt(held, 'B', 'reading'),
            tryWriteA: (held: Held) => attempt(held, 'A', 'writing'),
            tryWriteB: (held: Held) => attempt(held, 'B', 'writing'),
            unlockA: (held: Held) => unlock(held, 'A'),
            unlockB: (held: Held) => unlock(held, 'B'),
          },
        },
        operations: {
          tryReadA: { run: tryRead, role: 'A' },
          tryReadB: { run: tryRead, role: 'B' },
          tryWriteA: { run: tryWrite, role: 'A' },
          tryWriteB: { run: tryWrite, role: 'B' },
          unlockA: { run: release, role: 'A' },
          unlockB: { run: release, role: 'B' },
        },
      },
      { fc, scenarios: 20, threads: ['A', 'B'], maxSeconds: 600, budget: { maxSeconds: 300 } },
    );
    expect(exhaustive).toBe(scenarios);
  });

  it('as what guards a plain word, that threads wait for', { timeout: 600_000 }, () => {
    interface Guarded {
      readonly lock: RwLock;
      readonly word: Int32Array;
    }
    const { scenarios, exhaustive } = checkLinearizable(
      {
        create: (): Guarded => ({
          lock: RwLock.create({ spins: 0 }),
          word: new Int32Array(new SharedArrayBuffer(4)),
        }),
        attach: ({ lock, word }): Guarded => ({ lock: RwLock.from(lock.handle, { spins: 0 }), word }),
        specification: {
          init: () => 0,
          steps: {
            add: (count: number) => ({ result: count + 1, state: count + 1 }),
            addAndLook: (count: number) => ({ result: count + 1, state: count + 1 }),
            look: (count: number) => ({ result: count, state: count }),
          },
        },
        operations: {
          add: { run: ({ lock, word }) => lock.withWrite(() => (word[0] = word[0]! + 1)) },
          addAndLook: {
            run: ({ lock, word }) => {
              const guard = lock.write();
              word[0] = word[0]! + 1;
              using _ = guard.downgrade();
              return word[0];
            },
          },
          look: { run: ({ lock, word }) => lock.withRead(() => word[0]!) },
        },
      },
      { fc, scenarios: 30, operations: 1, before: 1, after: 1, maxSeconds: 600, budget: { maxSeconds: 300 } },
    );
    expect(exhaustive).toBe(scenarios);
  });
});

it('needs every access as strong as it is', { timeout: 600_000 }, () => {
  const { writeTwoAndRead: _, page: _page, letReadersIn, ...small } = models;
  const { survivors, mutants } = mutate({ ...small, letReadersIn }, { ...ANY_TIME, files: /^src\/rw-/ });
  expect(survivors).toEqual([]);
  expect(mutants.length).toBe(24);
});
