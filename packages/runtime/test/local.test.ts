// What a task does on its own thread: it steps aside, spawns closures, and has values of its own.

import { InvalidArgumentError, UnsupportedPlatformError } from '@concurrency-lab/atomics';
import { coroutine, toPromise } from '@concurrency-lab/mini-exec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  blockInPlace,
  type Runtime,
  spawnLocal,
  TaskLocal,
  taskLocal,
  TaskLocalUnsetError,
  yieldNow,
} from '../src/index.ts';
import { StackStorage } from '../src/local/context.ts';
import { builder, errorOf } from './runtimes.ts';
import * as tasks from './tasks/local.mjs';

let rt: Runtime;
beforeAll(() => {
  rt = builder(1).build();
});
afterAll(() => rt.shutdown());

function sharedWords(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(20));
}

describe('yieldNow()', () => {
  it.each([
    ['an async task', tasks.spinPolitely],
    ['a coroutine', tasks.spinPolitelyInCoroutine],
  ])('lets %s that never waits for anything else not keep the only worker', async (_, spin) => {
    const words = sharedWords();
    const spinning = rt.spawn(spin, words);
    await expect(rt.spawn(tasks.peekLocal)).resolves.toBe('none');
    expect(spinning.isFinished).toBe(false);
    rt.spawn(tasks.set, words, 0);
    await expect(spinning).resolves.toBe('over');
  });

  it('lets what the task has spawned run before the task goes on', async () => {
    await expect(rt.spawn(tasks.yieldToSpawned, sharedWords())).resolves.toBe(5);
  });

  it('lets I/O and timers have their turn on any thread', async () => {
    let isOver = false;
    setTimeout(() => (isOver = true), 0);
    while (!isOver) await yieldNow();
    const polite = coroutine(function* () {
      yield* yieldNow();
      return 'over';
    });
    await expect(toPromise(polite)).resolves.toBe('over');
  });
});

describe('spawnLocal()', () => {
  it('runs closures of all kinds as tasks on a worker', async () => {
    await expect(rt.spawn(tasks.closures)).resolves.toEqual(['first', 'sync', 'coroutine', 'async', 2, 3, 4]);
  });

  it('goes on after the task that spawned', async () => {
    const words = sharedWords();
    await rt.spawn(tasks.leaveBehind, words);
    await expect.poll(() => Atomics.load(words, 0)).toBe(1);
  });

  it('goes on after a task of the blocking pool, whose thread is free afterwards', async () => {
    const words = sharedWords();
    await rt.spawnBlocking(tasks.leaveBehind, words);
    await expect.poll(() => Atomics.load(words, 0)).toBe(1);
    await expect.poll(() => rt.metrics().blocking).toMatchObject({ threads: 1, idleThreads: 1 });
  });

  it('works on the thread that built the runtime', async () => {
    const seen: number[] = [];
    const inner = spawnLocal(() => seen.push(1));
    const outer = spawnLocal(function* () {
      return (yield* inner) + 40;
    });
    await expect(outer).resolves.toBe(41);
    await expect(spawnLocal(Promise.resolve.bind(Promise, 3))).resolves.toBe(3);
    await expect(spawnLocal(coroutine(() => inner[Symbol.iterator]() as never))).resolves.toBe(1);
  });

  it('names a task by its function', () => {
    expect(spawnLocal(function* named() {}).name).toBe('named');
  });

  it('keeps an error in the handle, and an abort too', async () => {
    const failing = spawnLocal(() => {
      throw new RangeError('oh');
    });
    expect(await errorOf(failing)).toMatchObject({ isPanic: true, cause: { message: 'oh' } });
    const endless = spawnLocal(async () => new Promise<never>(() => {}));
    endless.abort();
    expect(await errorOf(endless)).toMatchObject({ isCancelled: true });
  });

  it('refuses what is no task', () => {
    expect(() => spawnLocal(5 as never)).toThrow(InvalidArgumentError);
    expect(() => spawnLocal({} as never)).toThrow(/a local task must be a function/);
  });
});

describe('blockInPlace()', () => {
  it('has the tasks that wait on the only worker run elsewhere meanwhile', async () => {
    await using small = builder(1).maxBlockingThreads(1).build();
    const words = sharedWords();
    await small.spawnBlocking(tasks.keep, words);
    await expect(small.spawn(tasks.blockUntilSpawnedRan, words)).resolves.toBe(
      'over 1 1 1 0 0 fulfilled fulfilled fulfilled rejected',
    );
    await expect(small.spawn(tasks.peekLocal)).resolves.toBe('none');
    await expect.poll(() => small.metrics().liveTasks).toBe(0);
  });

  it('only calls the function elsewhere', () => {
    expect(blockInPlace(() => 3)).toBe(3);
    expect(() => blockInPlace(() => errorThrown())).toThrow('thrown');
  });
});

describe('a task-local', () => {
  it.each([
    ['async tasks', tasks.readLocal],
    ['coroutines', tasks.readLocalInCoroutine],
  ])('keeps its value across the waits of %s, each its own', async (_, read) => {
    const values = await Promise.all([...Array(20).keys()].map((i) => rt.spawn(read, i)));
    expect(values).toEqual([...Array(20).keys()].map((i) => [i, i, i + 0.5, i]));
  });

  it('is not inherited by what is spawned', async () => {
    await expect(rt.spawn(tasks.spawnInScope)).resolves.toEqual(['none', 'none', 'none']);
  });

  it('holds no value outside of its scope', () => {
    const local = taskLocal<number>('depth');
    expect(local.tryGet()).toBeUndefined();
    expect(() => local.get()).toThrow(TaskLocalUnsetError);
    expect(() => local.get()).toThrow(/"depth" has no value here/);
    expect(local.scope(1, () => [local.get(), local.scope(2, () => local.get()), local.get()])).toEqual([1, 2, 1]);
    expect(() => local.scope(3, () => errorThrown())).toThrow('thrown');
    expect(local.tryGet()).toBeUndefined();
  });

  it('may hold undefined, and be one of several', () => {
    const [none, some] = [taskLocal<undefined>('none'), taskLocal<string>('some')];
    const both = none.scope(undefined, () => some.scope('x', () => [none.get(), some.get()]));
    expect(both).toEqual([undefined, 'x']);
  });

  it('takes functions and futures only, and a name', () => {
    expect(() => taskLocal<number>('x').scope(1, 5 as never)).toThrow(InvalidArgumentError);
    expect(() => taskLocal(5 as never)).toThrow(InvalidArgumentError);
  });
});

describe('a task-local without AsyncLocalStorage', () => {
  const local = new TaskLocal<number>('here', new StackStorage());

  it('works in synchronous functions', () => {
    expect(local.scope(1, () => [local.get(), local.scope(2, () => local.get()), local.get()])).toEqual([1, 2, 1]);
    expect(local.tryGet()).toBeUndefined();
  });

  it('works in coroutines, across their waits', async () => {
    const read = (value: number) =>
      local.scope(value, function* () {
        const before = local.get();
        yield* yieldNow();
        return [before, local.get()];
      });
    await expect(Promise.all([1, 2, 3].map((value) => toPromise(read(value))))).resolves.toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('works while a future is dropped', () => {
    let dropped: number | undefined;
    const future = local.scope(
      4,
      coroutine(function* () {
        try {
          yield* yieldNow();
        } finally {
          dropped = local.tryGet();
        }
      }),
    );
    future.poll({ waker: { wake() {} } });
    future.drop();
    expect(dropped).toBe(4);
  });

  it('refuses async functions, before and after the fact', () => {
    let calls = 0;
    expect(() =>
      local.scope(1, async () => {
        calls++;
        await Promise.resolve();
      }),
    ).toThrow(UnsupportedPlatformError);
    expect(calls).toBe(0);
    expect(() => local.scope(1, () => Promise.reject(new Error('unseen')))).toThrow(/cannot follow a promise/);
  });

  it('finds no value after a wait, rather than a wrong one', async () => {
    let found: Promise<number | undefined> | undefined;
    const look = async (): Promise<number | undefined> => {
      await Promise.resolve();
      return local.tryGet();
    };
    local.scope(5, () => {
      found = look();
    });
    await expect(local.scope(6, () => found!.then.bind(found))((value) => value)).resolves.toBeUndefined();
  });
});

function errorThrown(): never {
  throw new Error('thrown');
}
