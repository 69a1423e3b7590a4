import { CancelToken, CancelledError, InvalidArgumentError, TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { CapacityError, DeadlockError, NotHeldError, Semaphore } from '../src/index.ts';

const open = (semaphore: Semaphore): Semaphore => Semaphore.from(structuredClone(semaphore.handle));

/** Lets pending promises settle, as far as they can. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('permits', () => {
  it('are taken and given back, through guards or without', () => {
    const semaphore = Semaphore.create({ permits: 3 });
    const permit = semaphore.acquire(2);
    expect([permit.count, permit.isHeld, semaphore.available]).toEqual([2, true, 1]);
    expect(semaphore.tryAcquire(2)).toBeUndefined();
    expect(open(semaphore).tryAcquire()?.count).toBe(1);
    permit.release();
    expect(permit.isHeld).toBe(false);
    open(semaphore).release();
    expect(semaphore.available).toBe(3);
    {
      using _ = semaphore.acquire(3);
      expect(semaphore.available).toBe(0);
    }
    expect(semaphore.available).toBe(3);
  });

  it('may begin at none, as a signal', async () => {
    const semaphore = Semaphore.create({ permits: 0, maximum: 10 });
    const waiting = semaphore.acquireAsync(4);
    semaphore.release(3);
    await turn();
    expect(semaphore.available).toBe(3);
    semaphore.release(5);
    expect((await waiting).count).toBe(4);
    expect(semaphore.available).toBe(4);
  });

  it('go as high as 32,767', () => {
    const semaphore = Semaphore.create({ permits: 32_767 });
    semaphore.acquire(32_767);
    expect(semaphore.available).toBe(0);
    semaphore.release(32_767);
    expect(semaphore.available).toBe(32_767);
  });
});

describe('waiting', () => {
  it('is first come, first served, whatever is asked for', async () => {
    const semaphore = Semaphore.create({ permits: 1, maximum: 3 });
    const order: number[] = [];
    const calls = [3, 1, 2].map(async (count) => {
      using permit = await semaphore.acquireAsync(count);
      order.push(permit.count);
    });
    await turn();
    expect(semaphore.tryAcquire()).toBeUndefined(); // there is one, but not for who comes last
    expect(() => semaphore.acquire()).toThrow(DeadlockError);
    semaphore.release(2);
    await Promise.all(calls);
    expect(order).toEqual([3, 1, 2]);
    expect(semaphore.available).toBe(3);
  });

  it('may be many calls', async () => {
    const semaphore = Semaphore.create({ permits: 2 });
    const numbers = Array.from({ length: 2000 }, (_, i) => i);
    let most = 0;
    let inside = 0;
    const done: number[] = [];
    await Promise.all(
      numbers.map(async (i) => {
        using _ = await semaphore.acquireAsync();
        most = Math.max(most, ++inside);
        if (i % 100 === 0) await turn();
        inside--;
        done.push(i);
      }),
    );
    expect(most).toBe(2);
    expect(done.toSorted((a, b) => a - b)).toEqual(numbers);
    expect(semaphore.available).toBe(2);
  });

  it('ends with a timeout, and leaves nothing behind', async () => {
    const semaphore = Semaphore.create({ permits: 1, maximum: 2 });
    expect(() => semaphore.acquire(2, { timeout: 5 })).toThrow(new TimeoutError('Semaphore.acquire()', 5));
    await expect(semaphore.acquireAsync(2, { timeout: 5 })).rejects.toThrow(TimeoutError);
    expect(semaphore.tryAcquire()?.count).toBe(1);
  });

  it('ends with a signal, for the one that waits first and for the one behind it', async () => {
    const semaphore = Semaphore.create({ permits: 1, maximum: 2 });
    const controllers = [new AbortController(), new AbortController()];
    const first = semaphore.acquireAsync(2, { signal: controllers[0]!.signal });
    const second = semaphore.acquireAsync(1, { signal: controllers[1]!.signal });
    const third = semaphore.acquireAsync(1);
    await turn();
    controllers[1]!.abort(new Error('second'));
    await expect(second).rejects.toThrow('second');
    controllers[0]!.abort(new Error('first'));
    await expect(first).rejects.toThrow('first');
    expect((await third).count).toBe(1);
    expect(semaphore.available).toBe(0);
  });

  it('does not begin with a signal that has aborted', async () => {
    const semaphore = Semaphore.create({ permits: 1 });
    const token = CancelToken.create();
    token.cancel();
    expect(() => semaphore.acquire(1, { signal: token })).toThrow(CancelledError);
    await expect(semaphore.acquireAsync(1, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
    expect(semaphore.available).toBe(1);
  });

  it('has room for so many calls', () => {
    const semaphore = Semaphore.create({ permits: 0, maximum: 1 });
    const words = new Int32Array(semaphore.handle.buffer);
    words[5] = -1 & ~0x7f_ff & ~(1 << 16); // as many as can wait do, and one is inside
    expect(() => semaphore.acquire()).toThrow(CapacityError);
    expect(() => semaphore.acquire()).toThrow('32767 calls wait here already');
  });
});

describe('misuse', () => {
  const semaphore = Semaphore.create({ permits: 1, maximum: 2 });

  it.each([0, 3, -1, 1.5, NaN, '1'])('of %s permits is refused', async (count) => {
    expect(() => semaphore.tryAcquire(count as number)).toThrow('permits must be an integer from 1 to 2');
    expect(() => semaphore.acquire(count as number)).toThrow(InvalidArgumentError);
    expect(() => semaphore.release(count as number)).toThrow(InvalidArgumentError);
    await expect(semaphore.acquireAsync(count as number)).rejects.toThrow(InvalidArgumentError);
    expect(semaphore.available).toBe(1);
  });

  it('of a permit that was released is refused', () => {
    const permit = semaphore.acquire();
    permit.release();
    expect(() => permit.release()).toThrow(NotHeldError);
    expect(() => permit[Symbol.dispose]()).toThrow('released before');
    expect(semaphore.available).toBe(1);
  });

  it('of a release of more than were taken is refused, and a permit remains held', () => {
    const permit = semaphore.acquire();
    semaphore.release(2);
    expect(() => semaphore.release()).toThrow('cannot release 1 of the 0 permits that are taken of 2');
    expect(() => permit.release()).toThrow(NotHeldError);
    expect([permit.isHeld, semaphore.available]).toEqual([true, 2]);
    semaphore.acquire();
  });

  it.each([
    [{ permits: 0 }, 'needs a maximum'],
    [{ permits: -1 }, 'permits must be an integer from 0 to 32767, not -1'],
    [{ permits: 3, maximum: 2 }, 'maximum must be an integer from 3 to 32767, not 2'],
    [{ permits: 1, maximum: 32_768 }, 'not 32768'],
    [{ permits: 1, spins: -1 }, 'spins must be'],
  ])('at creation is refused: %o', (options, message) => {
    expect(() => Semaphore.create(options)).toThrow(message);
    const buffer = new SharedArrayBuffer(Semaphore.BYTES);
    expect(() => Semaphore.at(buffer, 0, options)).toThrow(message);
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
  });

  it('of memory and handles is refused', () => {
    expect(() => Semaphore.at(new SharedArrayBuffer(8), 0, { permits: 1 })).toThrow('takes');
    expect(() => Semaphore.from({ ...semaphore.handle, kind: 'mutex' } as never)).toThrow('not of a mutex');
  });
});

it('lives where the caller places it', () => {
  const buffer = new SharedArrayBuffer(2 * Semaphore.BYTES);
  const both = [0, Semaphore.BYTES].map((byteOffset) => Semaphore.at(buffer, byteOffset, { permits: 1 }));
  both[1]!.acquire();
  expect(both.map((semaphore) => open(semaphore).available)).toEqual([1, 0]);
  expect(open(both[0]!).maximum).toBe(1);
});
