// Random sequences of calls on three handles of one lock, against a model: who holds it.

import { describe, expect } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { Mutex, SpinLock, TicketLock } from '../src/index.ts';

const locks = {
  Mutex: () => {
    const first = Mutex.create();
    return [first, Mutex.from(first.handle), Mutex.from(first.lend().handle)];
  },
  SpinLock: () => {
    const first = SpinLock.create();
    return [first, SpinLock.from(first.handle), SpinLock.from(first.handle)];
  },
  TicketLock: () => {
    const first = TicketLock.create({ capacity: 2 });
    return [first, TicketLock.from(first.handle), TicketLock.from(first.handle)];
  },
};

const call = fc.tuple(fc.nat(2), fc.constantFrom('lock', 'lockBriefly', 'tryLock', 'lockAsync', 'unlock', 'abort'));

describe.each(Object.entries(locks))('%s', (_, create) => {
  test.prop([fc.array(call, { maxLength: 40 })])('does what one holder at a time allows', async (calls) => {
    const handles = create();
    let holder = -1;
    for (const [who, what] of calls) {
      const lock = handles[who]!;
      const isFree = holder === -1;
      if (what === 'unlock') {
        if (holder === who) {
          lock.unlock();
          holder = -1;
        } else expect(() => lock.unlock()).toThrow(expect.objectContaining({ code: 'ERR_NOT_HELD' }));
      } else if (what === 'tryLock') {
        expect(lock.tryLock() !== undefined).toBe(isFree);
        if (isFree) holder = who;
      } else if (what === 'abort') {
        const aborting = lock.lockAsync({ signal: AbortSignal.abort(new Error('aborted')) });
        await expect(aborting).rejects.toThrow('aborted');
      } else if (isFree) {
        if (what === 'lockAsync') await lock.lockAsync();
        else lock.lock(what === 'lock' ? undefined : { timeout: 0 });
        holder = who;
      } else if (what === 'lockAsync') {
        await expect(lock.lockAsync({ timeout: 0 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
      } else {
        const code = holder === who ? 'ERR_DEADLOCK' : 'ERR_TIMEOUT';
        expect(() => lock.lock({ timeout: 0 })).toThrow(expect.objectContaining({ code }));
      }
      expect(handles.map(({ isHeld }) => isHeld)).toEqual([0, 1, 2].map((n) => n === holder));
      expect(lock.isLocked).toBe(holder !== -1);
    }
  });
});
