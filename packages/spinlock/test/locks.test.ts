// What the three locks have in common, on one thread: acquiring, releasing, giving up, misuse.

import {
  CancelToken,
  InvalidArgumentError,
  InvalidHandleError,
  InvalidRegionError,
  TimeoutError,
} from '@concurrency-lab/atomics';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import {
  DeadlockError,
  type LockGuard,
  Mutex,
  type MutexHandle,
  NotHeldError,
  SpinLock,
  type SpinLockHandle,
  TicketLock,
  type TicketLockHandle,
} from '../src/index.ts';

const locks = {
  Mutex: { create: () => Mutex.create(), from: (handle: unknown) => Mutex.from(handle as MutexHandle), Lock: Mutex },
  SpinLock: {
    create: () => SpinLock.create(),
    from: (handle: unknown) => SpinLock.from(handle as SpinLockHandle),
    Lock: SpinLock,
  },
  TicketLock: {
    create: () => TicketLock.create(),
    from: (handle: unknown) => TicketLock.from(handle as TicketLockHandle),
    Lock: TicketLock,
  },
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(Object.entries(locks))('%s', (name, { create, from, Lock }) => {
  const pair = () => {
    const here = create();
    return [here, from(structuredClone(here.handle))] as const;
  };

  it('is held by one handle at a time', () => {
    const [here, there] = pair();
    expect(here.isLocked).toBe(false);
    const guard = here.lock();
    expect([here.isLocked, here.isHeld, guard.isHeld]).toEqual([true, true, true]);
    expect([there.isLocked, there.isHeld]).toEqual([true, false]);
    expect(there.tryLock()).toBeUndefined();
    guard.unlock();
    expect([here.isLocked, here.isHeld, guard.isHeld]).toEqual([false, false, false]);
    expect(there.tryLock()?.isHeld).toBe(true);
    expect(here.tryLock()).toBeUndefined();
    there.unlock();
  });

  it.skipIf(name === 'SpinLock')('refuses a bad option before it touches the memory', () => {
    const buffer = new SharedArrayBuffer(Lock.BYTES);
    const at = (spins: number): unknown => (Lock as typeof Mutex).at(buffer, 0, { spins });
    expect(() => at(-1)).toThrow(InvalidArgumentError);
    expect(new Int32Array(buffer).every((word) => word === 0)).toBe(true);
    expect(at(0)).toBeInstanceOf(Lock);
  });

  it('is released at the end of the block, also by a throw', () => {
    const [here, there] = pair();
    expect(() => {
      using guard = here.lock();
      expect(guard.isHeld).toBe(true);
      throw new Error('within');
    }).toThrow('within');
    expect(here.isLocked).toBe(false);
    expect(() =>
      there.withLock(() => {
        throw new Error('within');
      }),
    ).toThrow('within');
    expect(here.isLocked).toBe(false);
    expect(here.withLock(() => there.isLocked)).toBe(true);
  });

  it('gives the same guard to every synchronous acquisition, so that it allocates none', () => {
    const lock = create();
    const first = lock.lock();
    first.unlock();
    expect(lock.tryLock()).toBe(first);
    expect(first.isHeld).toBe(true);
  });

  it('gives a guard of its own to every asynchronous acquisition', async () => {
    const lock = create();
    const first = await lock.lockAsync();
    const waiting = lock.lockAsync();
    first.unlock();
    const second = await waiting;
    expect([first.isHeld, second.isHeld]).toEqual([false, true]);
    expect(() => first.unlock()).toThrow(NotHeldError);
    expect(second.isHeld).toBe(true);
    second[Symbol.dispose]();
    expect(lock.isLocked).toBe(false);
  });

  it('lets tasks of one thread in by turns', async () => {
    const lock = create();
    const log: string[] = [];
    const task = (label: string): Promise<string> =>
      lock.withLockAsync(async () => {
        log.push(`${label} enters`);
        await turn();
        log.push(`${label} leaves`);
        return label;
      });
    expect(await Promise.all([task('a'), task('b'), task('c')])).toEqual(['a', 'b', 'c']);
    expect(log).toHaveLength(6);
    for (let i = 0; i < 6; i += 2) expect(log[i]!.replace('enters', 'leaves')).toBe(log[i + 1]);
    await expect(lock.withLockAsync(() => Promise.reject(new Error('within')))).rejects.toThrow('within');
    expect(lock.isLocked).toBe(false);
  });

  it('reports the release of what is not held', async () => {
    const [here, there] = pair();
    expect(() => here.unlock()).toThrow(NotHeldError);
    const guard = here.lock();
    expect(() => there.unlock()).toThrow(`this ${name} is not held through this handle`);
    guard.unlock();
    expect(() => guard.unlock()).toThrow(`this guard does not hold its ${name}: it was released before`);
    expect(() => guard[Symbol.dispose]()).toThrow(expect.objectContaining({ code: 'ERR_NOT_HELD' }));
    const fresh = await here.lockAsync();
    expect(() => guard.unlock()).toThrow(NotHeldError);
    here.unlock();
    expect(() => fresh.unlock()).toThrow(NotHeldError);
    expect(here.isLocked).toBe(false);
  });

  it('reports a blocking acquisition that waits for its own thread', async () => {
    const lock = create();
    lock.lock();
    expect(() => lock.lock()).toThrow(DeadlockError);
    expect(() => lock.lock({ timeout: 10 })).toThrow(expect.objectContaining({ code: 'ERR_DEADLOCK' }));
    expect(lock.tryLock()).toBeUndefined();
    lock.unlock();
    const guard = await lock.lockAsync();
    expect(() => lock.lock()).toThrow('lockAsync() waits for another task of this thread');
    expect(guard.isHeld).toBe(true);
    guard.unlock();
  });

  it('gives up after a timeout, and holds nothing then', async () => {
    const [here, there] = pair();
    here.lock();
    expect(() => there.lock({ timeout: 2 })).toThrow(TimeoutError);
    expect(() => there.lock({ timeout: 0 })).toThrow(`${name}.lock() was given up after its timeout of 0 ms`);
    await expect(there.lockAsync({ timeout: 2 })).rejects.toThrow(`${name}.lockAsync() was given up`);
    await expect(here.lockAsync({ timeout: 0 })).rejects.toThrow(TimeoutError);
    expect([here.isHeld, there.isHeld]).toEqual([true, false]);
    here.unlock();
    expect(there.lock({ timeout: 0 }).isHeld).toBe(true);
    there.unlock();
    expect((await there.lockAsync({ timeout: 0 })).isHeld).toBe(true);
  });

  it('gives up when aborted or cancelled, and holds nothing then', async () => {
    const [here, there] = pair();
    const guard = here.lock();
    const controller = new AbortController();
    const aborted = there.lockAsync({ signal: controller.signal });
    const token = CancelToken.create();
    const cancelled = there.lockAsync({ signal: token });
    const patient = there.lockAsync();
    await turn();
    controller.abort(new Error('enough'));
    token.cancel();
    await expect(aborted).rejects.toThrow('enough');
    await expect(cancelled).rejects.toMatchObject({ code: 'ERR_CANCELLED' });
    guard.unlock();
    expect((await patient).isHeld).toBe(true);
    there.unlock();
    expect(() => there.lock({ signal: controller.signal })).toThrow('enough');
    expect(() => there.lock({ signal: token })).toThrow('cancelled');
    await expect(there.lockAsync({ signal: controller.signal })).rejects.toThrow('enough');
    expect(here.isLocked).toBe(false);
    expect(there.lock({ signal: AbortSignal.timeout(1000) }).isHeld).toBe(true);
  });

  it('refuses what is no signal, and holds nothing then', async () => {
    const lock = create();
    const signal = new AbortController() as never;
    const refusal = 'signal must be an AbortSignal or a CancelToken, not an object of class AbortController';
    expect(() => lock.lock({ signal })).toThrow(refusal);
    await expect(lock.lockAsync({ signal })).rejects.toThrow(refusal);
    expect(lock.isLocked).toBe(false);
  });

  it('refuses timeouts that are none', async () => {
    const lock = create();
    for (const timeout of [-1, Number.NaN, '1' as unknown as number]) {
      expect(() => lock.lock({ timeout })).toThrow(InvalidArgumentError);
      await expect(lock.lockAsync({ timeout })).rejects.toThrow('timeout must be a number of milliseconds');
    }
    expect(lock.isLocked).toBe(false);
  });

  it('is placed in the memory of the caller', () => {
    const buffer = new SharedArrayBuffer(Lock.BYTES + 128);
    const lock = Lock.at(buffer, 128);
    expect(from(lock.handle).handle).toEqual({ ...lock.handle, byteOffset: 128, buffer });
    expect(() => Lock.at(buffer, 128)).toThrow(InvalidRegionError);
    expect(() => Lock.at(buffer, 256)).toThrow(InvalidRegionError);
    expect(() => Lock.at(new ArrayBuffer(8192) as unknown as SharedArrayBuffer, 0)).toThrow('SharedArrayBuffer');
  });

  it('refuses what is not its handle', () => {
    const { handle } = create();
    const other = name === 'Mutex' ? SpinLock.create() : Mutex.create();
    for (const wrong of [undefined, {}, other.handle, { ...handle, byteOffset: 64 }, { ...handle, version: 2 }]) {
      expect(() => from(wrong)).toThrow(InvalidHandleError);
    }
    expect(() => from({ ...handle, buffer: new SharedArrayBuffer(8192) })).toThrow('does not hold a');
  });

  it('has types that say what guards are', () => {
    const typed = (lock: ReturnType<typeof create>): void => {
      expectTypeOf(lock.lock()).toEqualTypeOf<LockGuard>();
      expectTypeOf(lock.tryLock()).toEqualTypeOf<LockGuard | undefined>();
      expectTypeOf(lock.lockAsync()).toEqualTypeOf<Promise<LockGuard>>();
      expectTypeOf(lock.withLock(() => 1)).toEqualTypeOf<number>();
      expectTypeOf(lock.withLockAsync(() => Promise.resolve('a'))).toEqualTypeOf<Promise<string>>();
    };
    expect(typed).toBeTypeOf('function');
  });
});

describe('where a thread may not block', () => {
  it.each(Object.entries(locks))('%s names the form that does not', async (name) => {
    vi.resetModules();
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      throw new TypeError('Atomics.wait cannot be called in this context');
    });
    const fresh = (await import('../src/index.ts')) as unknown as Record<string, typeof Mutex>;
    const lock = fresh[name]!.create();
    expect(() => lock.lock()).toThrow(
      `${name}.lock() would block this thread, which is not allowed to block; use ${name}.lockAsync()`,
    );
    wait.mockRestore();
    expect(lock.tryLock()?.isHeld).toBe(true);
    lock.unlock();
    expect((await lock.lockAsync()).isHeld).toBe(true);
  });
});
