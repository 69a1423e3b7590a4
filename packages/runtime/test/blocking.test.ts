// The blocking pool: grows, shrinks, nests, and loses nothing when a thread of it is lost.

import { InvalidArgumentError, parkAsync } from '@concurrency-lab/atomics';
import { afterEach, describe, expect, it } from 'vitest';
import { NoRuntimeError, Runtime, type RuntimeBuilder, spawnBlocking, WorkerLostError } from '../src/index.ts';
import { builder, errorOf } from './runtimes.ts';
import { add } from './tasks/arithmetic.mjs';
import * as tasks from './tasks/blocking.mjs';

const opened: Runtime[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((rt) => rt.shutdownTimeout(0)));
});

function build(detail: (to: RuntimeBuilder) => RuntimeBuilder = (to) => to): Runtime {
  const rt = detail(builder(1).unhandledPanic('ignore').abortTimeout(20)).build();
  opened.push(rt);
  return rt;
}

function sharedWords(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Waits until so many tasks have begun. */
async function begun(words: Int32Array<SharedArrayBuffer>, count: number): Promise<void> {
  for (let seen = Atomics.load(words, 0); seen < count; seen = Atomics.load(words, 0)) await parkAsync(words, 0, seen);
}

function release(words: Int32Array<SharedArrayBuffer>): void {
  Atomics.store(words, 1, 1);
  Atomics.notify(words, 1);
}

describe('the blocking pool', () => {
  it('runs tasks on threads of its own, and uses them again', async () => {
    const rt = build();
    const [worker, first] = [await rt.spawn(tasks.threadOf), await rt.spawnBlocking(tasks.threadOf)];
    expect(first).not.toBe(worker);
    await expect.poll(() => rt.metrics().blocking.idleThreads).toBe(1);
    await expect(rt.spawnBlocking(tasks.threadOf)).resolves.toBe(first);
    await expect.poll(() => rt.metrics().blocking).toEqual({ threads: 1, idleThreads: 1, queueDepth: 0 });
  });

  it('holds no worker up while its tasks block', async () => {
    const rt = build();
    const words = sharedWords();
    const blocked = rt.spawnBlocking(tasks.waitFor, words);
    await begun(words, 1);
    await expect(rt.spawn(add, 1, 2)).resolves.toBe(3);
    expect(blocked.isFinished).toBe(false);
    await rt.spawn(tasks.open, words);
    await expect(blocked).resolves.toBe('over');
    expect(rt.metrics().liveTasks).toBe(0);
  });

  it('grows until tasks that wait for each other all run', async () => {
    const rt = build((to) => to.maxBlockingThreads(6));
    const words = sharedWords();
    const places = await Promise.all(Array.from({ length: 6 }, () => rt.spawnBlocking(tasks.meet, words, 6)));
    expect(places.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rt.metrics().blocking.threads).toBe(6);
  });

  it('has further tasks wait, and never more threads than it may', async () => {
    const rt = build((to) => to.maxBlockingThreads(2));
    const words = sharedWords();
    const blocked = [1, 2].map(() => rt.spawnBlocking(tasks.waitFor, words));
    await begun(words, 2);
    const crowded = sharedWords();
    const further = Array.from({ length: 50 }, (_, i) => rt.spawnBlocking(tasks.crowd, crowded, i));
    expect(rt.metrics().blocking).toEqual({ threads: 2, idleThreads: 0, queueDepth: 50 });
    release(words);
    await expect(Promise.all(blocked)).resolves.toEqual(['over', 'over']);
    await expect(Promise.all(further)).resolves.toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(Atomics.load(crowded, 1)).toBeLessThanOrEqual(2);
    expect(Atomics.load(crowded, 1)).toBeGreaterThan(0);
  });

  it('has tasks wait for a slot where there are few', async () => {
    const rt = build((to) => to.maxTasks(32).maxBlockingThreads(2));
    const words = sharedWords();
    const handles = Array.from({ length: 100 }, (_, i) => rt.spawnBlocking(tasks.crowd, words, i));
    await expect(Promise.all(handles)).resolves.toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('ends threads that have had no task for a while, and starts others', async () => {
    const rt = build((to) => to.threadKeepAlive(1));
    for (let i = 0; i < 3; i++) {
      await expect(rt.spawnBlocking(add, i, 40)).resolves.toBe(i + 40);
      await expect.poll(() => rt.metrics().blocking.threads).toBe(0);
    }
  });

  it('runs what a task on a worker gives it', async () => {
    const rt = build();
    const [worker, blocking] = await rt.spawn(tasks.delegate);
    expect(worker).not.toBe(blocking);
  });

  it('has its tasks spawn on workers and in the pool', async () => {
    const rt = build();
    const worker = await rt.spawn(tasks.threadOf);
    const [first, onWorker, second] = await rt.spawnBlocking(tasks.delegateBack);
    expect(onWorker).toBe(worker);
    expect(new Set([first, onWorker, second]).size).toBe(3);
  });

  it('runs what a worker gives it beyond the slots there are', async () => {
    const rt = build((to) => to.maxTasks(32).maxBlockingThreads(2));
    const given = await rt.spawn(tasks.many, sharedWords(), 100);
    expect(given).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('keeps an async task on its thread to its end', async () => {
    const rt = build((to) => to.maxBlockingThreads(1));
    const [first, last] = await rt.spawnBlocking(tasks.asyncThreads);
    expect(first).toBe(last);
    await expect(rt.spawnBlocking(tasks.threadOf)).resolves.toBe(first);
  });

  it('is for tasks of a worker only, where the function spawns', () => {
    expect(() => spawnBlocking(add, 1, 2)).toThrow(NoRuntimeError);
  });

  it.each([
    ['maxBlockingThreads', () => Runtime.builder().maxBlockingThreads(0)],
    ['maxBlockingThreads', () => Runtime.builder().maxBlockingThreads(513)],
    ['threadKeepAlive', () => Runtime.builder().threadKeepAlive(-1)],
  ])('refuses a wrong %s', (name, wrong) => {
    expect(wrong).toThrow(InvalidArgumentError);
    expect(wrong).toThrow(new RegExp(name));
  });
});

describe('a blocking task', () => {
  it('that throws fails, and its thread goes on', async () => {
    const rt = build((to) => to.maxBlockingThreads(1));
    const error = await errorOf(rt.spawnBlocking(tasks.fail, 'oh'));
    expect(error).toMatchObject({ name: 'JoinError', isPanic: true, cause: { name: 'RangeError', message: 'oh' } });
    await expect(rt.spawnBlocking(add, 1, 2)).resolves.toBe(3);
  });

  it('that waits is cancelled by an abort, and never runs', async () => {
    const rt = build((to) => to.maxBlockingThreads(1));
    const [words, never] = [sharedWords(), sharedWords()];
    const blocked = rt.spawnBlocking(tasks.waitFor, words);
    await begun(words, 1);
    const waiting = rt.spawnBlocking(tasks.waitFor, never);
    waiting.abort();
    expect(waiting.isFinished).toBe(true);
    expect(await errorOf(waiting)).toMatchObject({ isCancelled: true });
    release(words);
    await blocked;
    await expect(rt.spawnBlocking(add, 1, 2)).resolves.toBe(3);
    expect(Atomics.load(never, 0)).toBe(0);
    await expect.poll(() => rt.metrics().liveTasks).toBe(0);
  });

  it.each([Infinity, 2 ** 31])('that runs is told of an abort, and its thread goes on for %d ms', async (timeout) => {
    const rt = build((to) => to.maxBlockingThreads(1).abortTimeout(timeout));
    const thread = await rt.spawnBlocking(tasks.threadOf);
    const words = sharedWords();
    const handle = rt.spawnBlocking(tasks.untilAborted, words, 50);
    await begun(words, 1);
    handle.abort();
    expect(await errorOf(handle)).toMatchObject({ isCancelled: true });
    await expect(rt.spawnBlocking(tasks.threadOf)).resolves.toBe(thread);
  });

  it('that sleeps when it is aborted has its thread replaced', async () => {
    const rt = build((to) => to.maxBlockingThreads(1));
    const words = sharedWords();
    const handle = rt.spawnBlocking(tasks.waitFor, words);
    await begun(words, 1);
    const next = rt.spawnBlocking(add, 1, 2);
    handle.abort();
    expect(await errorOf(handle)).toMatchObject({ isCancelled: true });
    await expect(next).resolves.toBe(3);
  });

  it('that ends its thread fails alone', async () => {
    const rt = build((to) => to.maxBlockingThreads(3));
    const handles = Array.from({ length: 40 }, (_, i) =>
      i % 10 === 5 ? rt.spawnBlocking(tasks.exit) : rt.spawnBlocking(add, i, 1000),
    );
    const outcomes = await Promise.allSettled(handles);
    for (const [i, outcome] of outcomes.entries()) {
      if (i % 10 !== 5) expect(outcome).toEqual({ status: 'fulfilled', value: i + 1000 });
      else expect((outcome as { reason: Error }).reason.cause).toBeInstanceOf(WorkerLostError);
    }
    expect(rt.metrics().liveTasks).toBe(0);
    await expect(rt.spawn(add, 1, 2)).resolves.toBe(3);
  });

  it('waits beside workers that are lost, and runs once', async () => {
    const rt = build((to) => to.maxBlockingThreads(1));
    const [words, counted] = [sharedWords(), sharedWords()];
    const blocked = rt.spawnBlocking(tasks.waitFor, words);
    await begun(words, 1);
    const waiting = Array.from({ length: 10 }, () => rt.spawnBlocking(tasks.meet, counted, 1));
    await errorOf(rt.spawn(tasks.exit));
    release(words);
    await blocked;
    const places = await Promise.all(waiting);
    expect(places.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Atomics.load(counted, 0)).toBe(10);
  });
});

describe('the end of a runtime', () => {
  it('cancels blocking tasks that wait, and terminates those that block', async () => {
    const rt = build((to) => to.maxBlockingThreads(1));
    const words = sharedWords();
    const blocked = rt.spawnBlocking(tasks.waitFor, words);
    await begun(words, 1);
    const waiting = rt.spawnBlocking(add, 1, 2);
    await rt.shutdown();
    expect(await errorOf(blocked)).toMatchObject({ isCancelled: true });
    expect(await errorOf(waiting)).toMatchObject({ isCancelled: true });
  });

  it('lets a blocking task end in time', async () => {
    const rt = build();
    const words = sharedWords();
    const blocked = rt.spawnBlocking(tasks.waitFor, words);
    await begun(words, 1);
    const closed = rt.shutdownTimeout(Infinity);
    release(words);
    await closed;
    await expect(blocked).resolves.toBe('over');
  });

  it.each(['spawn', 'spawnBlocking'] as const)('fetches what a task of %s gives that ends in time', async (by) => {
    const rt = build();
    const words = sharedWords();
    const blocked = rt[by](tasks.waitForWords, words);
    await begun(words, 1);
    const closed = rt.shutdownTimeout(Infinity);
    release(words);
    await closed;
    expect((await blocked).buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(rt.metrics().liveTasks).toBe(0);
  });

  it('in the background waits for nothing, and lets what runs end', async () => {
    const alive = setInterval(() => {}, 1000); // it does not keep the process alive
    const rt = build((to) => to.maxBlockingThreads(1));
    const words = sharedWords();
    const blocked = rt.spawnBlocking(tasks.waitFor, words);
    await begun(words, 1);
    const waiting = rt.spawnBlocking(add, 1, 2);
    rt.shutdownBackground();
    expect(blocked.isFinished).toBe(false);
    expect(() => rt.spawn(add, 1, 2)).toThrow(/shut down/);
    release(words);
    await expect(blocked).resolves.toBe('over');
    expect(await errorOf(waiting)).toMatchObject({ isCancelled: true });
    clearInterval(alive);
  });
});
