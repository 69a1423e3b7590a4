// Tasks that step aside, spawn closures, and have values of their own.

import { fromPromise } from '@concurrency-lab/mini-exec';
import { blockInPlace, spawn, spawnLocal, task, taskLocal, yieldNow } from '@concurrency-lab/runtime';

/** Sets a word. */
export const set = task(
  import.meta,
  'set',
  /** @type {(words: Int32Array, i: number) => void} */
  (words, i) => {
    Atomics.store(words, i, 1);
  },
);

/** Goes on until word 0 is set; tells how often it stepped aside. */
export const spinPolitely = task(
  import.meta,
  'spinPolitely',
  /** @type {(words: Int32Array) => Promise<string>} */
  async (words) => {
    while (Atomics.load(words, 0) === 0) await yieldNow();
    return 'over';
  },
);

/** As spinPolitely, in a coroutine. */
export const spinPolitelyInCoroutine = task(
  import.meta,
  'spinPolitelyInCoroutine',
  /** @type {(words: Int32Array) => import('@concurrency-lab/mini-exec').Coroutine<string>} */
  function* (words) {
    while (Atomics.load(words, 0) === 0) yield* yieldNow();
    return 'over';
  },
);

/** Spawns tasks for the only worker, steps aside once, and counts those that have run. */
export const yieldToSpawned = task(
  import.meta,
  'yieldToSpawned',
  /** @type {(words: Int32Array) => Promise<number>} */
  async (words) => {
    const handles = Array.from({ length: 5 }, (_, i) => spawn(set, words, i));
    await yieldNow();
    const count = words.reduce((sum, word) => sum + word, 0);
    await Promise.all(handles);
    return count;
  },
);

/** Shares a list with closures that are tasks, each of another kind. */
export const closures = task(import.meta, 'closures', async () => {
  /** @type {string[]} */
  const seen = [];
  const sync = spawnLocal(() => seen.push('sync'));
  const later = spawnLocal(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return seen.push('async');
  });
  const coroutine = spawnLocal(function* () {
    yield* sync;
    return seen.push('coroutine');
  });
  seen.push('first');
  const places = [await sync, await coroutine, await later];
  return [...seen, ...places];
});

/** Leaves a closure behind that sets a word after the task has ended. */
export const leaveBehind = task(
  import.meta,
  'leaveBehind',
  /** @type {(words: Int32Array) => void} */
  (words) => {
    spawnLocal(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      Atomics.store(words, 0, 1);
    });
  },
);

/** @type {import('@concurrency-lab/runtime').TaskLocal<number>} */
const request = taskLocal('request');

/** Reads the task-local between waits, deep in calls. */
export const readLocal = task(
  import.meta,
  'readLocal',
  /** @type {(value: number) => Promise<number[]>} */
  (value) =>
    request.scope(value, async () => {
      const read = async () => {
        await new Promise((resolve) => setTimeout(resolve, 0));
        return request.get();
      };
      const values = [request.get(), await read()];
      await yieldNow();
      return [...values, await request.scope(value + 0.5, read), request.get()];
    }),
);

/** As readLocal, in a coroutine. */
export const readLocalInCoroutine = task(
  import.meta,
  'readLocalInCoroutine',
  /** @type {(value: number) => import('@concurrency-lab/mini-exec').Coroutine<number[]>} */
  function* (value) {
    return yield* request.scope(value, function* () {
      const read = function* () {
        yield* fromPromise(new Promise((resolve) => setTimeout(resolve, 0)));
        return request.get();
      };
      const values = [request.get(), yield* read()];
      yield* yieldNow();
      return [...values, yield* request.scope(value + 0.5, read), request.get()];
    });
  },
);

/** Tells what it finds without a scope of its own. */
export const peekLocal = task(import.meta, 'peekLocal', () => request.tryGet() ?? 'none');

export const peekLocalInCoroutine = task(
  import.meta,
  'peekLocalInCoroutine',
  /** @type {() => import('@concurrency-lab/mini-exec').Coroutine<number | string>} */
  function* () {
    const before = request.tryGet();
    yield* yieldNow();
    return before ?? request.tryGet() ?? 'none';
  },
);

/** Spawns within a scope, on this thread, where the worker looks for tasks because of that. */
export const spawnInScope = task(import.meta, 'spawnInScope', () =>
  request.scope(1, async () => {
    const handles = [spawn(peekLocal), spawn(peekLocalInCoroutine), spawnLocal(() => request.tryGet() ?? 'none')];
    await yieldNow();
    return Promise.all(handles);
  }),
);

/** @type {Int32Array | undefined} */
let kept;

/** Keeps words for later tasks of this thread. */
export const keep = task(
  import.meta,
  'keep',
  /** @type {(words: Int32Array) => void} */
  (words) => {
    kept = words;
  },
);

/** Sets a word that this thread has kept. */
export const setKept = task(
  import.meta,
  'setKept',
  /** @type {(i: number) => void} */
  (i) => {
    if (kept === undefined) throw new Error('this thread has kept nothing');
    Atomics.store(kept, i, 1);
    Atomics.notify(kept, i);
  },
);

/** Spawns tasks onto its own queue, and blocks until they have run on a thread that has kept the words. */
export const blockUntilSpawnedRan = task(
  import.meta,
  'blockUntilSpawnedRan',
  /** @type {(words: Int32Array) => Promise<string>} */
  async (words) => {
    const handles = Array.from({ length: 4 }, (_, i) => spawn(setKept, i));
    handles[3]?.abort();
    const how = blockInPlace(() => {
      for (let i = 0; i < 3; i++) Atomics.wait(words, i, 0);
      return 'over';
    });
    const outcomes = await Promise.allSettled(handles);
    return [how, ...words, ...outcomes.map(({ status }) => status)].join(' ');
  },
);
