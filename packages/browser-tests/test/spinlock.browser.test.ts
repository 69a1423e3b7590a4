import { BlockingForbiddenError } from '@concurrency-lab/atomics';
import { Mutex, OwnerDiedError, SpinLock, TicketLock } from '@concurrency-lab/spinlock';
import { afterEach, describe, expect, it } from 'vitest';
import type { LockRequest } from './spinlock-worker.ts';

const workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

/** Has a worker enter a lock; the promise resolves with how often it met somebody inside. */
function enterInWorker(request: LockRequest): Promise<unknown> {
  const worker = new Worker(new URL('spinlock-worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(request);
  });
}

const newRoom = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(8));

describe('the main thread', () => {
  it.each([Mutex, SpinLock, TicketLock])('may not block for a lock, and says what to use instead', (Lock) => {
    const lock = Lock.create();
    expect(() => lock.lock()).toThrow(BlockingForbiddenError);
    expect(() => lock.lock()).toThrow(`use ${Lock.name}.lockAsync() here`);
    expect(lock.tryLock()?.isHeld).toBe(true);
    lock.unlock();
  });

  it.each([Mutex, SpinLock])('takes turns with two workers that block', async (Lock) => {
    const lock = Lock.create();
    const room = newRoom();
    const request = { handle: lock.handle, room, times: 20_000, stays: false };
    const meetings = [enterInWorker(request), enterInWorker(request)];
    for (let i = 0; i < 100; i++) {
      await lock.withLockAsync(() => {
        expect(room[0]).toBe(0);
        room[1]! += 7;
      });
    }
    expect(await Promise.all(meetings)).toEqual([0, 0]);
    expect(room[1]).toBe(2 * 20_000 * 1000 + 700);
  });

  it('gives up after a timeout', async () => {
    const mutex = Mutex.create();
    mutex.tryLock();
    await expect(Mutex.from(mutex.handle).lockAsync({ timeout: 10 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
  });

  it('recovers a mutex from a worker that was terminated inside', async () => {
    const mutex = Mutex.create();
    const room = newRoom();
    const loan = mutex.lend();
    expect(await enterInWorker({ handle: loan.handle, room, times: 1, stays: true })).toBe(0);
    const waiting = mutex.lockAsync();
    workers.pop()!.terminate();
    expect(loan.revoke()).toBe(true);
    await expect(waiting).rejects.toThrow(OwnerDiedError);
    const guard = mutex.recover();
    expect([guard?.isHeld, room[1]]).toEqual([true, 5]);
    guard!.unlock();
    expect(mutex.isLocked).toBe(false);
  });
});
