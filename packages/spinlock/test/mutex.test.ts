// What Mutex alone does: loans, owners that die, how often it can be opened.

import { describe, expect, it } from 'vitest';
import { CapacityError, Mutex, OwnerDiedError } from '../src/index.ts';
import * as word from '../src/mutex-word.ts';

const words = (mutex: Mutex): Int32Array => new Int32Array(mutex.handle.buffer, mutex.handle.byteOffset);

describe('a loan', () => {
  it('is a handle with a number of its own', () => {
    const mutex = Mutex.create();
    const { handle } = mutex.lend();
    const lent = Mutex.from(structuredClone(handle));
    lent.lock();
    expect(mutex.tryLock()).toBeUndefined();
    expect(lent.handle).toEqual(mutex.handle);
    lent.unlock();
    expect(handle.owner).not.toBe(mutex.lend().handle.owner);
  });

  it('that is revoked while nobody holds it changes nothing', () => {
    const mutex = Mutex.create();
    const loan = mutex.lend();
    expect(loan.revoke()).toBe(false);
    mutex.lock();
    expect(loan.revoke()).toBe(false);
    expect(mutex.isHeld).toBe(true);
    expect(mutex.recover()).toBeUndefined();
    mutex.unlock();
    expect(mutex.isLocked).toBe(false);
  });

  it('that is revoked while it is held makes everybody else fail, until somebody recovers', async () => {
    const mutex = Mutex.create();
    const there = Mutex.from(mutex.handle);
    const loan = mutex.lend();
    Mutex.from(loan.handle).lock();
    const waiting = there.lockAsync();
    expect(loan.revoke()).toBe(true);
    expect(loan.revoke()).toBe(false);
    await expect(waiting).rejects.toThrow(OwnerDiedError);
    expect(mutex.isLocked).toBe(true);
    expect(() => mutex.lock()).toThrow(expect.objectContaining({ code: 'ERR_OWNER_DIED' }));
    expect(() => mutex.tryLock()).toThrow(OwnerDiedError);
    await expect(mutex.lockAsync()).rejects.toThrow('recover()');
    const guard = mutex.recover();
    expect(guard?.isHeld).toBe(true);
    expect(there.recover()).toBeUndefined();
    expect(there.tryLock()).toBeUndefined();
    guard!.unlock();
    expect(there.withLock(() => 'normal')).toBe('normal');
  });

  it.each([0, 5, -1, 1.5, '1'])('with the number %s is none', (owner) => {
    const mutex = Mutex.create();
    expect(() => Mutex.from({ ...mutex.handle, owner: owner as number })).toThrow('must be an integer from 1 to 1');
  });
});

it('can be opened and lent until its numbers are used up, and then says so', () => {
  const mutex = Mutex.create();
  words(mutex)[word.LAYOUT.index.owners] = word.MOST_OWNERS - 1;
  const last = Mutex.from(mutex.handle);
  expect(() => Mutex.from(mutex.handle)).toThrow(CapacityError);
  expect(() => mutex.lend()).toThrow('268435455 times');
  last.lock();
  expect(mutex.tryLock()).toBeUndefined();
  last.unlock();
  expect(mutex.withLock(() => 1)).toBe(1);
});

it('lets a thread block for it while a task of the thread waits', async () => {
  const mutex = Mutex.create();
  const there = Mutex.from(mutex.handle);
  mutex.lock();
  const task = there.lockAsync();
  mutex.unlock();
  const guard = there.lock();
  guard.unlock();
  expect((await task).isHeld).toBe(true);
});

it.each([-1, 65, 1.5, NaN])('refuses %s spins', (spins) => {
  expect(() => Mutex.create({ spins })).toThrow('spins must be an integer from 0 to 64');
});
