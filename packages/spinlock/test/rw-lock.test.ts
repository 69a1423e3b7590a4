import { CancelToken, CancelledError, TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { CapacityError, DeadlockError, NotHeldError, RwLock } from '../src/index.ts';

const open = (lock: RwLock): RwLock => RwLock.from(structuredClone(lock.handle));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('readers', () => {
  it('read at once, and keep writers out', () => {
    const lock = RwLock.create();
    const guards = [lock.read(), open(lock).read(), lock.tryRead()!];
    expect([lock.readers, lock.isWriting]).toEqual([3, false]);
    expect(lock.tryWrite()).toBeUndefined();
    expect(guards.map(({ isHeld }) => isHeld)).toEqual([true, true, true]);
    for (const guard of guards) guard.unlock();
    expect(lock.readers).toBe(0);
    expect(lock.tryWrite()?.isHeld).toBe(true);
  });

  it('wait for a writer', async () => {
    const lock = RwLock.create();
    const there = open(lock);
    const guard = there.write();
    const readers = [lock.readAsync(), lock.readAsync()];
    await turn();
    expect(lock.readers).toBe(0);
    guard.unlock();
    for (const reader of await Promise.all(readers)) reader.unlock();
    expect(lock.readers).toBe(0);
  });

  it('are at most 8,191', () => {
    const lock = RwLock.create();
    const guards = Array.from({ length: 8191 }, () => lock.read());
    expect(() => lock.tryRead()).toThrow(CapacityError);
    expect(() => lock.read()).toThrow('8191 guards read through this RwLock already');
    expect(lock.readers).toBe(8191);
    guards[7]!.unlock();
    expect(lock.tryRead()?.isHeld).toBe(true);
  });
});

describe('a writer', () => {
  it('is alone', () => {
    const lock = RwLock.create();
    const there = open(lock);
    {
      using _ = lock.write();
      expect(there.isWriting).toBe(true);
      expect(there.tryRead()).toBeUndefined();
      expect(there.tryWrite()).toBeUndefined();
    }
    expect(there.isWriting).toBe(false);
  });

  it('that waits keeps new readers out, and lets them in when it gives up', async () => {
    const lock = RwLock.create();
    const [there, elsewhere] = [open(lock), open(lock)];
    const reading = lock.read();
    const controller = new AbortController();
    const writing = there.writeAsync({ signal: controller.signal });
    await turn();
    expect(elsewhere.tryRead()).toBeUndefined();
    const second = elsewhere.readAsync();
    controller.abort(new Error('no more'));
    await expect(writing).rejects.toThrow('no more');
    (await second).unlock();
    reading.unlock();
    expect(lock.readers).toBe(0);
  });

  it('writes in its turn, before readers that came later', async () => {
    const lock = RwLock.create();
    const reading = lock.read();
    const order: string[] = [];
    const all = [
      open(lock).withWriteAsync(() => void order.push('first')),
      open(lock).withReadAsync(() => void order.push('reader')),
      open(lock).withWriteAsync(() => void order.push('second')),
    ];
    await turn();
    reading.unlock();
    await Promise.all(all);
    expect(order).toEqual(['first', 'second', 'reader']);
  });

  it('goes on as a reader', () => {
    const lock = RwLock.create();
    const there = open(lock);
    const writing = lock.write();
    const reading = writing.downgrade();
    expect([writing.isHeld, reading.isHeld, lock.readers, lock.isWriting]).toEqual([false, true, 1, false]);
    expect(() => writing.unlock()).toThrow(NotHeldError);
    expect(() => writing.downgrade()).toThrow(NotHeldError);
    there.withRead(() => expect(lock.readers).toBe(2));
    expect(there.tryWrite()).toBeUndefined();
    reading.unlock();
    expect(there.withWrite(() => 'written')).toBe('written');
  });
});

describe('waiting', () => {
  it('ends with a timeout', async () => {
    const lock = RwLock.create();
    const there = open(lock);
    const guard = lock.write();
    expect(() => there.read({ timeout: 5 })).toThrow(new TimeoutError('RwLock.read()', 5));
    expect(() => there.write({ timeout: 5 })).toThrow(new TimeoutError('RwLock.write()', 5));
    await expect(there.readAsync({ timeout: 5 })).rejects.toThrow(TimeoutError);
    await expect(there.writeAsync({ timeout: 5 })).rejects.toThrow(TimeoutError);
    guard.unlock();
    expect(there.tryWrite()?.isHeld).toBe(true);
  });

  it('ends with a token', () => {
    const lock = RwLock.create();
    const there = open(lock);
    const guard = lock.read();
    const token = CancelToken.create();
    token.cancel();
    expect(() => there.write({ signal: token })).toThrow(CancelledError);
    guard.unlock();
    expect(there.tryWrite()?.isHeld).toBe(true);
  });

  it('has room for so many writers', () => {
    const lock = RwLock.create();
    new Int32Array(lock.handle.buffer)[4] = (-1 << 17) | 0x80_01; // all of them, one inside, a reader
    expect(() => lock.write()).toThrow('32767 calls wait here already');
  });
});

describe('misuse', () => {
  it('of a guard that was unlocked is refused', () => {
    const lock = RwLock.create();
    const guard = lock.read();
    guard.unlock();
    expect(() => guard.unlock()).toThrow(NotHeldError);
    const writing = lock.write();
    writing[Symbol.dispose]();
    expect(() => writing[Symbol.dispose]()).toThrow(NotHeldError);
    expect([lock.readers, lock.isWriting]).toEqual([0, false]);
  });

  it('that would wait for its own thread is refused', async () => {
    const lock = RwLock.create();
    const writing = lock.write();
    expect(() => lock.read()).toThrow('read() would wait for its own thread: this handle holds the RwLock for writing');
    expect(() => lock.write()).toThrow(DeadlockError);
    const task = lock.readAsync(); // waits for another task instead
    writing.unlock();
    (await task).unlock();
    const reading = lock.read();
    lock.read().unlock(); // nobody waits to write: reading twice is fine
    expect(() => lock.write()).toThrow('holds the RwLock for reading');
    const waiting = open(lock).writeAsync();
    await turn();
    expect(() => lock.read()).toThrow(DeadlockError);
    reading.unlock();
    (await waiting).unlock();
  });

  it('that would wait behind a task of its own thread is refused', async () => {
    const lock = RwLock.create();
    const there = open(lock);
    const reading = there.read();
    const task = lock.writeAsync();
    await turn();
    expect(() => lock.read()).toThrow('waits in writeAsync() already');
    expect(() => lock.write()).toThrow(DeadlockError);
    reading.unlock();
    (await task).unlock();
  });

  it('of options, memory and handles is refused', () => {
    expect(() => RwLock.create({ spins: 1.5 })).toThrow('spins must be');
    expect(() => RwLock.at(new SharedArrayBuffer(8), 0)).toThrow('takes');
    expect(() => RwLock.from({ ...RwLock.create().handle, kind: 'mutex' } as never)).toThrow('not of a mutex');
  });
});

it('unlocks when what it runs throws', async () => {
  const lock = RwLock.at(new SharedArrayBuffer(RwLock.BYTES), 0);
  const fail = (): never => {
    throw new Error('failed');
  };
  expect(() => lock.withRead(fail)).toThrow('failed');
  expect(() => lock.withWrite(fail)).toThrow('failed');
  await expect(lock.withReadAsync(fail)).rejects.toThrow('failed');
  await expect(lock.withWriteAsync(() => Promise.reject(new Error('later')))).rejects.toThrow('later');
  expect(lock.tryWrite()?.isHeld).toBe(true);
});
