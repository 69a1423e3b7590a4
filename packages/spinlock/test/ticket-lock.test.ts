// What TicketLock alone does: the order, the room for those who wait, tickets that wrap.

import { TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { CapacityError, DeadlockError, TicketLock } from '../src/index.ts';
import { LAYOUT, TicketSlots } from '../src/ticket-slots.ts';

const words = (lock: TicketLock): Int32Array => new Int32Array(lock.handle.buffer);

it('lets tasks in by the order in which they came', async () => {
  const lock = TicketLock.create();
  const order: number[] = [];
  const guard = lock.lock();
  const tasks = [1, 2, 3, 4, 5].map((n) => lock.withLockAsync(() => order.push(n)));
  guard.unlock();
  await Promise.all(tasks);
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

it('passes over who has given up', async () => {
  const lock = TicketLock.create();
  const order: string[] = [];
  const guard = lock.lock();
  const controllers = [0, 1, 2, 3].map(() => new AbortController());
  const tasks = controllers.map(async ({ signal }, i) => {
    await lock.withLockAsync(() => order.push(`task ${i}`), { signal }).catch(() => order.push(`gave up ${i}`));
  });
  for (const i of [1, 2, 0]) controllers[i]!.abort();
  await Promise.all([tasks[0], tasks[1], tasks[2]]);
  guard.unlock();
  await tasks[3];
  expect(order.toSorted()).toEqual(['gave up 0', 'gave up 1', 'gave up 2', 'task 3']);
  expect(lock.isLocked).toBe(false);
});

describe('the room', () => {
  it('is told when there is none', async () => {
    const lock = TicketLock.create({ capacity: 4 });
    const there = TicketLock.from(lock.handle);
    const guard = lock.lock();
    const tasks = [1, 2, 3, 4].map(() => lock.withLockAsync(() => {}));
    expect(() => there.lock()).toThrow(CapacityError);
    await expect(lock.lockAsync()).rejects.toThrow('room for 4');
    expect(there.tryLock()).toBeUndefined();
    guard.unlock();
    await Promise.all(tasks);
    expect(there.lock().isHeld).toBe(true);
  });

  it('is not used up by a poller that gives up', () => {
    const lock = TicketLock.create({ capacity: 1 });
    const there = TicketLock.from(lock.handle);
    lock.lock();
    for (let i = 0; i < 20; i++) expect(() => there.lock({ timeout: 0 })).toThrow(TimeoutError);
    lock.unlock();
    expect(there.lock().isHeld).toBe(true);
  });

  it.each([0, 3, 2.5, -4, 2 ** 17, NaN])('cannot be for %s', (capacity) => {
    expect(() => TicketLock.create({ capacity })).toThrow('capacity must be a power of two from 1 to 65536');
  });

  it('is counted in bytes', () => {
    expect(TicketLock.BYTES).toBe(TicketLock.bytesFor());
    expect(TicketLock.bytesFor({ capacity: 2 })).toBe(384);
    const buffer = new SharedArrayBuffer(TicketLock.bytesFor({ capacity: 2 ** 16 }));
    expect(TicketLock.at(buffer, 0, { capacity: 2 ** 16 }).tryLock()).toBeDefined();
  });
});

it('reports a blocking acquisition behind a task of its own thread', async () => {
  const lock = TicketLock.create();
  const there = TicketLock.from(lock.handle);
  lock.lock();
  const task = there.lockAsync();
  expect(() => there.lock()).toThrow(DeadlockError);
  lock.unlock();
  expect(() => there.lock()).toThrow('cannot take their turn');
  (await task).unlock();
  expect(there.lock().isHeld).toBe(true);
});

describe.each([1, 2, 4, 64, 2 ** 16])('tickets of %s slots', (capacity) => {
  const slots = new TicketSlots(new Int32Array(new SharedArrayBuffer(4)), TicketLock.bytesFor({ capacity }));

  it.each([0, 2 ** 31 - capacity, 2 ** 31, 2 ** 32 - capacity])(
    'beginning with %s have each a round of its own',
    (first) => {
      for (let i = -1; i <= 2 * Math.min(capacity, 8); i++) {
        const ticket = (first + i) | 0;
        const next = (ticket + capacity) | 0;
        expect(slots.slotOf(next)).toBe(slots.slotOf(ticket));
        if (capacity > 1) expect(slots.slotOf((ticket + 1) | 0)).not.toBe(slots.slotOf(ticket));
        expect(slots.parkedOf(next) & ~3).toBe(slots.roundOf(ticket));
        const rounds = [ticket - 2 * capacity, ticket - capacity, ticket].map((t) => slots.roundOf(t | 0));
        expect(new Set(rounds).size).toBe(3);
      }
    },
  );

  it('wrap', async () => {
    const lock = TicketLock.create({ capacity });
    const start = (2 ** 31 - 3) | 0;
    words(lock)[LAYOUT.index.next] = start;
    for (let t = start - 1; t > start - capacity; t--) words(lock)[slots.slotOf(t)] = slots.roundOf(t);
    words(lock)[slots.slotOf(start)] = slots.roundOf(start);
    for (let i = 0; i < 5; i++) {
      const there = TicketLock.from(lock.handle);
      const guard = there.lock();
      const waiting = lock.lockAsync();
      guard.unlock();
      (await waiting).unlock();
    }
    expect(words(lock)[LAYOUT.index.next]).toBe((start + 10) | 0);
  });
});
