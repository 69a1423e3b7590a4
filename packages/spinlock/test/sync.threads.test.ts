// What is built on the locks, on real worker threads and the built package. That no wake-up is
// ever lost, the models prove; here, that the engine and the code agree.

import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Barrier, Condvar, Mutex, Once, RwLock, Semaphore } from '../src/index.ts';
import { workersBeside } from '../../../vitest.threads.ts';

const startWorker = workersBeside(import.meta.url);

const words = (length: number): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4 * length));

function start<T>(task: string, data: object): { readonly worker: Worker; readonly result: Promise<T> } {
  return startWorker<T>('sync', { task, ...data });
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('four threads', () => {
  it('read and write under a reader-writer lock', async () => {
    const { handle } = RwLock.create();
    const shared = words(3);
    const rounds = 20_000;
    const torn = await Promise.all(
      [0, 1, 2, 3].map((id) => start<number>('readAndWrite', { handle, words: shared, rounds, id }).result),
    );
    expect(torn).toEqual([0, 0, 0, 0]);
    expect(shared[0]).toBe(shared[1]);
    expect(shared[2]).toBe(rounds);
    expect(RwLock.from(handle).tryWrite()?.isHeld).toBe(true);
  });

  it('share the permits of a semaphore, one and two at a time', async () => {
    const semaphore = Semaphore.create({ permits: 3 });
    const inside = words(1);
    const most = await Promise.all(
      [0, 1, 2, 3].map(() => start<number>('share', { handle: semaphore.handle, inside, rounds: 5000 }).result),
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(3);
    expect(inside[0]).toBe(0);
    expect(semaphore.tryAcquire(3)?.count).toBe(3);
  });

  it('pass 8,000 numbers through a buffer of 3 under a mutex and a condition variable', async () => {
    const handles = { mutex: Mutex.create().handle, changed: Condvar.create().handle };
    const shared = words(2 + 3);
    const producers = [0, 4000].map((from) => start('produce', { handles, words: shared, from, to: from + 4000 }));
    const consumers = [0, 1].map(() => start<number[]>('consume', { handles, words: shared, count: 4000 }));
    await Promise.all(producers.map(({ result }) => result));
    const taken = await Promise.all(consumers.map(({ result }) => result));
    expect(taken.flat().toSorted((a, b) => a - b)).toEqual(numbers(0, 8000));
    for (const one of taken) {
      for (const part of [one.filter((n) => n < 4000), one.filter((n) => n >= 4000)]) {
        expect(part).toEqual(part.toSorted((a, b) => a - b)); // those of one producer stay in order
      }
    }
  });

  it('meet at a barrier 2,000 times, and see what all of them wrote', async () => {
    const { handle } = Barrier.create({ parties: 4 });
    const marks = words(4);
    const rounds = 1000;
    const met = await Promise.all(
      [0, 1, 2, 3].map((id) => start<{ led: number; missed: number }>('meet', { handle, marks, rounds, id }).result),
    );
    expect(met.map(({ missed }) => missed)).toEqual([0, 0, 0, 0]);
    expect(met.reduce((sum, { led }) => sum + led, 0)).toBe(rounds);
  });

  it('do each of 500 things once, and never see one half done', async () => {
    const buffer = new SharedArrayBuffer(500 * Once.BYTES);
    for (let i = 0; i < 500; i++) Once.at(buffer, i * Once.BYTES);
    const gate = Barrier.create({ parties: 4 }).handle;
    const counts = words(500);
    const done = await Promise.all(
      [0, 1, 2, 3].map(() => start<{ ran: number; early: number }>('once', { gate, buffer, counts }).result),
    );
    expect(done.reduce((sum, { ran }) => sum + ran, 0)).toBe(500);
    expect(done.map(({ early }) => early)).toEqual([0, 0, 0, 0]);
    expect(counts.every((count) => count === 1)).toBe(true);
  });
});

it('a worker terminated in its wait does not keep a notification from the others', async () => {
  const mutex = Mutex.create();
  const changed = Condvar.create();
  const ready = words(1);
  const handles = { mutex: mutex.handle, changed: changed.handle };
  const waiting = [0, 1].map(() => start<string>('waitForNotification', { handles, ready }));
  while (Atomics.load(ready, 0) < 2) await new Promise((resolve) => setImmediate(resolve));
  await mutex.lockAsync(); // so both have released it, in order to sleep
  waiting[0]!.result.catch(() => {});
  await waiting[0]!.worker.terminate();
  const second = waiting[1]!.result;
  mutex.unlock();
  let isNotified = false;
  void second.then(() => (isNotified = true));
  while (!isNotified) {
    changed.notifyOne();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await second).toBe('notified');
});
