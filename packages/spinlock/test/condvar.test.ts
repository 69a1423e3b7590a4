import { CancelToken, CancelledError, TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { Condvar, Mutex, NotHeldError } from '../src/index.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a wait', () => {
  it('releases the mutex, and holds it again through the same guard', async () => {
    const mutex = Mutex.create();
    const there = Mutex.from(mutex.handle);
    const condvar = Condvar.create();
    const guard = await mutex.lockAsync();
    const waiting = condvar.waitAsync(mutex);
    expect([mutex.isHeld, guard.isHeld]).toEqual([false, false]);
    there.withLock(() => Condvar.from(structuredClone(condvar.handle)).notifyOne());
    await waiting;
    expect([mutex.isHeld, guard.isHeld]).toEqual([true, true]);
    guard.unlock();
    expect(mutex.isLocked).toBe(false);
  });

  it('that times out holds the mutex again', async () => {
    const mutex = Mutex.create();
    const condvar = Condvar.create();
    const guard = mutex.lock();
    expect(() => condvar.wait(mutex, { timeout: 5 })).toThrow(new TimeoutError('Condvar.wait()', 5));
    expect(guard.isHeld).toBe(true);
    await expect(condvar.waitAsync(mutex, { timeout: 5 })).rejects.toThrow(TimeoutError);
    expect(guard.isHeld).toBe(true);
    expect(() => condvar.waitWhile(mutex, () => true, { timeout: 5 })).toThrow('Condvar.waitWhile() was given up');
    await expect(condvar.waitWhileAsync(mutex, () => true, { timeout: 5 })).rejects.toThrow('waitWhileAsync()');
    expect(guard.isHeld).toBe(true);
  });

  it('that is aborted holds the mutex again', async () => {
    const mutex = Mutex.create();
    const condvar = Condvar.create();
    const guard = await mutex.lockAsync();
    const controller = new AbortController();
    const waiting = condvar.waitAsync(mutex, { signal: controller.signal });
    controller.abort(new Error('no more'));
    await expect(waiting).rejects.toThrow('no more');
    expect(guard.isHeld).toBe(true);
    const token = CancelToken.create();
    token.cancel();
    expect(() => condvar.wait(mutex, { signal: token })).toThrow(CancelledError);
    expect(guard.isHeld).toBe(true);
  });

  it('while a condition holds does not begin where it does not', () => {
    const mutex = Mutex.create();
    const condvar = Condvar.create();
    expect(mutex.withLock(() => condvar.waitWhile(mutex, () => false))).toBeUndefined();
  });

  it('while a condition holds ends well where it does not any more when the time is over', async () => {
    const mutex = Mutex.create();
    const condvar = Condvar.create();
    let looks = 0;
    mutex.withLock(() => condvar.waitWhile(mutex, () => ++looks === 1, { timeout: 1 }));
    expect(looks).toBe(3); // before the wait, at its timeout, and at the end of the loop
    looks = 0;
    await mutex.withLockAsync(() => condvar.waitWhileAsync(mutex, () => ++looks === 1, { timeout: 1 }));
    expect(looks).toBe(3);
  });

  it('holds the mutex again when its condition throws', () => {
    const mutex = Mutex.create();
    const condvar = Condvar.create();
    const guard = mutex.lock();
    const fail = (): never => {
      throw new Error('failed');
    };
    expect(() => condvar.waitWhile(mutex, fail)).toThrow('failed');
    expect(guard.isHeld).toBe(true);
  });
});

it('does not wait on a promise for a condition, which would hold for ever', async () => {
  const mutex = Mutex.create();
  const condvar = Condvar.create();
  const guard = mutex.lock();
  const refusal = 'condition returned a promise, and must return a boolean';
  const condition = (() => Promise.resolve(false)) as never;
  expect(() => condvar.waitWhile(mutex, condition, { timeout: 1000 })).toThrow(refusal);
  await expect(condvar.waitWhileAsync(mutex, condition, { timeout: 1000 })).rejects.toThrow(refusal);
  expect(guard.isHeld).toBe(true);
});

describe('a notification', () => {
  it('of one wakes the first, of all the others', async () => {
    const mutex = Mutex.create();
    const condvar = Condvar.create();
    const woken: number[] = [];
    let came = 0;
    const waiting = [1, 2, 3].map(async (n) => {
      using _ = await mutex.lockAsync();
      came++;
      await condvar.waitAsync(mutex);
      woken.push(n);
    });
    while (came < 3) await turn();
    condvar.notifyOne();
    await waiting[0];
    expect(woken).toEqual([1]);
    condvar.notifyAll();
    await Promise.all(waiting);
    expect(new Set(woken)).toEqual(new Set([1, 2, 3]));
  });

  it('that finds nobody is not kept', () => {
    const mutex = Mutex.create();
    const condvar = Condvar.create();
    const before = [...new Int32Array(condvar.handle.buffer)];
    condvar.notifyOne();
    condvar.notifyAll();
    expect([...new Int32Array(condvar.handle.buffer)]).toEqual(before);
    mutex.withLock(() => expect(() => condvar.wait(mutex, { timeout: 1 })).toThrow(TimeoutError));
  });
});

describe('misuse', () => {
  it('of a mutex that is not held is refused, and nothing happens', async () => {
    const mutex = Mutex.create();
    const condvar = Condvar.at(new SharedArrayBuffer(Condvar.BYTES), 0);
    expect(() => condvar.wait(mutex)).toThrow(NotHeldError);
    expect(() => condvar.waitWhile(mutex, () => true)).toThrow('lock it before');
    await expect(condvar.waitAsync(mutex)).rejects.toThrow(NotHeldError);
    Mutex.from(mutex.handle).lock();
    await expect(condvar.waitWhileAsync(mutex, () => true)).rejects.toThrow(NotHeldError);
    expect(() => condvar.wait({} as Mutex)).toThrow('mutex must be a Mutex, not an object of class Object');
  });

  it('of memory and handles is refused', () => {
    expect(() => Condvar.at(new SharedArrayBuffer(8), 0)).toThrow('takes');
    expect(() => Condvar.from(Mutex.create().handle as never)).toThrow('not of a mutex');
  });
});
