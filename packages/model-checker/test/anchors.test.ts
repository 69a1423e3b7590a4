import { explore, spawn, type Exploration } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { LoadThenStoreLock, SpinLock } from './subjects/spinlock.ts';

function locked(threads: number, rounds: number, Lock: typeof SpinLock = SpinLock): Exploration {
  return explore(() => {
    const buffer = new SharedArrayBuffer(8);
    const words = new Int32Array(buffer);
    const lock = new Lock(buffer);
    const workers = Array.from({ length: threads }, () =>
      spawn(() => {
        for (let i = 0; i < rounds; i++) {
          lock.lock();
          words[1] = words[1]! + 1;
          lock.unlock();
        }
      }),
    );
    for (const worker of workers) worker.join();
    if (words[1] !== threads * rounds) throw new Error(`lost an increment: ${words[1]}`);
  });
}

function fetchAdd(threads: number, rounds: number): Exploration {
  return explore(() => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const workers = Array.from({ length: threads }, () =>
      spawn(() => {
        for (let i = 0; i < rounds; i++) Atomics.add(words, 0, 1);
      }),
    );
    for (const worker of workers) worker.join();
    if (Atomics.load(words, 0) !== threads * rounds) throw new Error('lost');
  });
}

function spinTry(threads: number, rounds: number): Exploration {
  return explore(() => {
    const buffer = new SharedArrayBuffer(8);
    const words = new Int32Array(buffer);
    const lock = new SpinLock(buffer);
    const workers = Array.from({ length: threads }, () =>
      spawn(() => {
        for (let i = 0; i < rounds; i++) {
          if (!lock.tryLock()) continue;
          words[1] = words[1]! + 1;
          lock.unlock();
        }
      }),
    );
    for (const worker of workers) worker.join();
  });
}

describe('anchors', () => {
  it.each([
    ['fetch_add 2x2', fetchAdd, 2, 2, 6],
    ['fetch_add 3x2', fetchAdd, 3, 2, 90],
    ['spin_cas 2x1', locked, 2, 1, 2],
    ['spin_cas 2x2', locked, 2, 2, 6],
    ['spin_cas 3x1', locked, 3, 1, 6],
    ['spin_try 2x2', spinTry, 2, 2, 26],
    ['spin_try 3x2', spinTry, 3, 2, 1263],
  ] as const)('%s', (_, run, threads, rounds, optimum) => {
    const result = run(threads, rounds);
    expect(result.failure).toBeUndefined();
    expect(result.executions).toBe(optimum);
  });

  it('finds', () => {
    const result = locked(2, 1, LoadThenStoreLock);
    expect(result.failure?.kind).toBe('data-race');
  });
});
