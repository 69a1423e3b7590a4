// Real worker threads on the built package. What they can show is that the engine and the
// code agree; that no wake-up is ever lost, stress on one machine cannot show.

import { describe, expect, it } from 'vitest';
import { CancelToken, type ParkResult, parkAsync, park, unpark } from '../src/index.ts';
import { workersBeside } from '../../../vitest.threads.ts';

const startWorker = workersBeside(import.meta.url);

// A test that blocks its thread cannot be timed out from outside.
const PATIENCE = { timeout: 100_000 };

function words(length = 2): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

/** Starts workers that park on shared[0], and returns when all of them are about to. */
async function startParked(count: number, shared: Int32Array<SharedArrayBuffer>, options: object = {}) {
  const parked = Array.from({ length: count }, () =>
    startWorker<ParkResult | { name: string; code: string }>('parked', { words: shared, ...options }),
  );
  for (let ready = 0; ready < count; ready = Atomics.load(shared, 1)) await parkAsync(shared, 1, ready);
  return parked;
}

/** Wakes sleepers of shared[0] until so many were woken: a worker may not be asleep yet. */
async function wake(shared: Int32Array<SharedArrayBuffer>, count: number): Promise<void> {
  for (let woken = 0; woken < count; woken += unpark(shared, 0, count - woken)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('two threads', () => {
  it('exchange ten thousand numbers, each parking until the other has answered', async () => {
    const shared = words();
    const { result } = startWorker<string>('echo-word', { words: shared });
    for (let n = 1; n <= 10_000; n++) {
      Atomics.store(shared, 0, n);
      unpark(shared, 0);
      for (let answer = Atomics.load(shared, 1); answer !== n * 3; answer = Atomics.load(shared, 1)) {
        expect(park(shared, 1, answer, PATIENCE)).not.toBe('timed-out');
      }
    }
    Atomics.store(shared, 0, -1);
    unpark(shared, 0);
    expect(await result).toBe('done');
  });

  it('exchange numbers while this one waits without blocking', async () => {
    const shared = words();
    const { result } = startWorker<string>('echo-word', { words: shared });
    for (let n = 1; n <= 2000; n++) {
      Atomics.store(shared, 0, n);
      unpark(shared, 0);
      for (let answer = Atomics.load(shared, 1); answer !== n * 3; answer = Atomics.load(shared, 1)) {
        expect(await parkAsync(shared, 1, answer, PATIENCE)).not.toBe('timed-out');
      }
    }
    Atomics.store(shared, 0, -1);
    unpark(shared, 0);
    expect(await result).toBe('done');
  });
});

describe('unpark', () => {
  it('wakes as many as it is told, and counts them', async () => {
    const shared = words();
    const parked = await startParked(3, shared);
    await wake(shared, 2);
    await Promise.race(parked.map(({ result }) => result));
    await wake(shared, 1);
    expect(await Promise.all(parked.map(({ result }) => result))).toEqual(['ok', 'ok', 'ok']);
    expect(unpark(shared, 0)).toBe(0);
  });

  it('reaches the others when a worker was terminated in its sleep', async () => {
    const shared = words();
    const [victim, survivor] = await startParked(2, shared);
    victim!.result.catch(() => {});
    await victim!.worker.terminate();
    await wake(shared, 1);
    expect(await survivor!.result).toBe('ok');
  });
});

describe('a parked thread', () => {
  it('is woken by a token that another thread cancels', async () => {
    const shared = words();
    const token = CancelToken.create();
    const [parked] = await startParked(1, shared, { handle: token.handle });
    token.cancel();
    expect(await parked!.result).toEqual({ name: 'CancelledError', code: 'ERR_CANCELLED' });
  });

  it('is woken by unpark while it also looks at a token', async () => {
    const shared = words();
    const [parked] = await startParked(1, shared, { handle: CancelToken.create().handle });
    Atomics.store(shared, 0, 1);
    unpark(shared, 0);
    expect(['ok', 'not-equal']).toContain(await parked!.result);
  });

  it('gives up after its timeout while it also looks at a token', async () => {
    const shared = words();
    const [parked] = await startParked(1, shared, { handle: CancelToken.create().handle, timeout: 60 });
    expect(await parked!.result).toBe('timed-out');
  });
});

describe('a cancel token', () => {
  it('ends a synchronous loop on another thread, which sees what was written before', async () => {
    const token = CancelToken.create();
    const shared = words(4);
    const { result } = startWorker<{ rounds: number; seen: number[] }>('loop', { handle: token.handle, words: shared });
    while (Atomics.load(shared, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    shared.set([11, 22, 33], 1);
    token.cancel();
    const { rounds, seen } = await result;
    expect(rounds).toBeGreaterThan(0);
    expect(seen).toEqual([11, 22, 33]);
  });

  it('aborts the signals of this thread when a worker cancels', async () => {
    using token = CancelToken.create();
    const aborted = new Promise((resolve) => token.signal.addEventListener('abort', resolve, { once: true }));
    const { result } = startWorker<boolean>('cancel', token.handle);
    expect(await result).toBe(true);
    await aborted;
    expect(token.isCancelled).toBe(true);
  });

  it('ends a blocking and an asynchronous wait of this thread', async () => {
    const blocking = CancelToken.create();
    const first = startWorker<boolean>('cancel', blocking.handle);
    expect(blocking.wait(PATIENCE)).toBe(true);
    expect(await first.result).toBe(true);
    const asynchronous = CancelToken.create();
    const second = startWorker<boolean>('cancel', asynchronous.handle);
    expect(await asynchronous.waitAsync()).toBe(true);
    expect(await second.result).toBe(true);
  });
});

it('of several threads that place a structure at one byte, exactly one does', async () => {
  const places = 200;
  const workers = 2;
  const buffer = new SharedArrayBuffer(places * CancelToken.BYTES);
  const gate = words();
  const placed = await Promise.all(
    Array.from({ length: workers }, () => startWorker<number>('place', { buffer, gate, workers }).result),
  );
  expect(placed.reduce((sum, n) => sum + n, 0)).toBe(places);
  for (let i = 0; i < places; i++) {
    const byteOffset = i * CancelToken.BYTES;
    expect(CancelToken.from({ kind: 'cancel-token', version: 1, buffer, byteOffset }).isCancelled).toBe(false);
  }
});
