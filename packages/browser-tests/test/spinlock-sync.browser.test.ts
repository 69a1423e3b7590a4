// What is built on the locks, between a page, which may not block, and a worker, which does.

import { BlockingForbiddenError } from '@concurrency-lab/atomics';
import { Barrier, Condvar, Mutex, Once, RwLock, Semaphore } from '@concurrency-lab/spinlock';
import { afterEach, describe, expect, it } from 'vitest';
import type { Request } from './spinlock-sync-worker.ts';

const workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

/** Starts a worker and asks it for one thing; the promise resolves with its answer. */
function ask(request: Request): Promise<unknown> {
  const worker = new Worker(new URL('spinlock-sync-worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(request);
  });
}

const newWords = (length = 1): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4 * length));
const times = 300;

describe('the main thread', () => {
  it('may not block, and says what to use instead', () => {
    const mutex = Mutex.create();
    const guard = mutex.tryLock()!;
    expect(() => RwLock.create().read()).toThrow('use RwLock.readAsync() here');
    expect(() => RwLock.create().write()).toThrow('use RwLock.writeAsync() here');
    expect(() => Semaphore.create({ permits: 1 }).acquire()).toThrow('use Semaphore.acquireAsync() here');
    expect(() => Condvar.create().wait(mutex)).toThrow('use Condvar.waitAsync() here');
    expect(() => Condvar.create().waitWhile(mutex, () => true)).toThrow('use Condvar.waitWhileAsync() here');
    expect(() => Barrier.create({ parties: 1 }).wait()).toThrow(BlockingForbiddenError);
    expect(() => Once.create().run(() => {})).toThrow('use Once.runAsync() here');
    guard.unlock();
  });

  it('writes and reads beside a worker', async () => {
    const lock = RwLock.create();
    const words = newWords();
    const answer = ask({ kind: 'write', words, lock: lock.handle, times });
    for (let i = 0; i < times; i++) await lock.withWriteAsync(() => void (words[0] = words[0]! + 1));
    expect(await answer).toBe(times);
    expect(await lock.withReadAsync(() => words[0])).toBe(2 * times);
  });

  it('shares a permit with a worker', async () => {
    const semaphore = Semaphore.create({ permits: 1 });
    const words = newWords();
    const answer = ask({ kind: 'acquire', words, semaphore: semaphore.handle, times });
    for (let i = 0; i < times; i++) {
      const permit = await semaphore.acquireAsync();
      words[0] = words[0]! + 1;
      permit.release();
    }
    expect(await answer).toBe(times);
    expect([words[0], semaphore.available]).toEqual([2 * times, 1]);
  });

  it('takes what a worker puts', async () => {
    const mutex = Mutex.create();
    const changed = Condvar.create();
    const words = newWords();
    const answer = ask({ kind: 'put', words, mutex: mutex.handle, changed: changed.handle, times });
    for (let value = 1; value <= times; value++) {
      await mutex.withLockAsync(async () => {
        await changed.waitWhileAsync(mutex, () => words[0] === 0);
        expect(words[0]).toBe(value);
        words[0] = 0;
      });
      changed.notifyAll();
    }
    expect(await answer).toBe(times);
  });

  it('meets a worker', async () => {
    const barrier = Barrier.create({ parties: 2 });
    const answer = ask({ kind: 'meet', words: newWords(), barrier: barrier.handle, times });
    let led = 0;
    for (let i = 0; i < times; i++) if (await barrier.waitAsync()) led++;
    expect(led + ((await answer) as number)).toBe(times);
  });

  it('waits for what a worker does once, or does it itself', async () => {
    const once = Once.create();
    const words = newWords(4);
    const answer = ask({ kind: 'run', words, once: once.handle });
    const ran = await once.runAsync(() => void words.fill(7));
    expect([...words]).toEqual([7, 7, 7, 7]);
    expect(await answer).toBe(!ran);
  });
});
