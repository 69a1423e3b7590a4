// Real worker threads on the built package: the engine and the code agree. Orderings are proved
// in the model tests; stress on x86-64 cannot show a missing one.

import { parkAsync } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { Mutex, OwnerDiedError, SpinLock, TicketLock } from '../src/index.ts';
import { workersBeside } from '../../../vitest.threads.ts';

const startWorker = workersBeside(import.meta.url);

const words = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(8));

const locks = { Mutex: () => Mutex.create(), SpinLock: () => SpinLock.create(), TicketLock: () => TicketLock.create() };

describe.each(Object.entries(locks))('%s', (name, create) => {
  // A ticket lock hands over in order: with more threads than cores, to one that does not run.
  const times = name === 'TicketLock' ? [50_000, 2_000] : [1_000_000, 100_000];

  it.each([
    [2, times[0]!],
    [4, times[1]!],
  ])('lets one of %s threads in at a time, %s times each', async (threads, each) => {
    const room = words();
    const { handle } = create();
    const numbers = [1, 10, 100, 1000].slice(0, threads);
    const workers = numbers.map((me) => {
      const data = { name, handle, room, me, times: each };
      return startWorker<number>('locks.enter', data);
    });
    const meetings = await Promise.all(workers.map(({ result }) => result));
    expect(meetings).toEqual(numbers.map(() => 0));
    expect(room[1]).toBe(numbers.reduce((sum, n) => sum + n, 0) * each);
  });

  it('lets tasks and blocking threads in', async () => {
    const room = words();
    const lock = create();
    const data = { name, handle: lock.handle, room, times: 3000 };
    const workers = [
      startWorker<number>('locks.enter', { ...data, me: 1 }),
      startWorker<number>('locks.enter', { ...data, me: 10, isAsync: true }),
    ];
    for (let i = 0; i < 300; i++) {
      await lock.withLockAsync(() => {
        expect(room[0]).toBe(0);
        room[1]! += 100;
      });
    }
    expect(await Promise.all(workers.map(({ result }) => result))).toEqual([0, 0]);
    expect(room[1]).toBe(11 * 3000 + 100 * 300);
  });
});

describe('a worker that is terminated', () => {
  it('in the critical section is found out, and its data repaired', async () => {
    const mutex = Mutex.create();
    const data = words();
    const ready = words();
    const loan = mutex.lend();
    const { worker, result } = startWorker('locks.die', { handle: loan.handle, data, ready });
    result.catch(() => {});
    while (Atomics.load(ready, 0) === 0) await parkAsync(ready, 0, 0);
    const waiting = mutex.lockAsync();
    await worker.terminate();
    expect(loan.revoke()).toBe(true);
    await expect(waiting).rejects.toThrow(OwnerDiedError);
    {
      using guard = mutex.recover();
      expect(guard?.isHeld).toBe(true);
      expect([...data]).toEqual([1, 0]);
      data[1] = data[0]!;
    }
    expect(mutex.withLock(() => [...data])).toEqual([1, 1]);
  });

  it('while it waits does not keep the mutex from others', async () => {
    const mutex = Mutex.create();
    const ready = words();
    const loan = mutex.lend();
    const guard = mutex.lock();
    const { worker, result } = startWorker('locks.die', { handle: loan.handle, data: words(), ready });
    result.catch(() => {});
    while (Atomics.load(ready, 0) === 0) await parkAsync(ready, 0, 0);
    const waiting = mutex.lockAsync();
    await worker.terminate();
    guard.unlock();
    expect(loan.revoke()).toBe(false);
    expect((await waiting).isHeld).toBe(true);
  });
});
