// Tasks for the blocking pool.

import { threadId } from 'node:worker_threads';
import { cancellation, spawn, spawnBlocking, task } from '@concurrency-lab/runtime';

/** Tells on which thread it ran. */
export const threadOf = task(import.meta, 'threadOf', () => threadId);

/** Counts itself, and blocks until so many have. */
export const meet = task(
  import.meta,
  'meet',
  /** @type {(words: Int32Array, parties: number) => number} */
  (words, parties) => {
    const place = Atomics.add(words, 0, 1) + 1;
    Atomics.notify(words, 0);
    for (let seen = place; seen < parties; seen = Atomics.load(words, 0)) Atomics.wait(words, 0, seen);
    return place;
  },
);

/** Opens what `waitFor` waits for. */
export const open = task(
  import.meta,
  'open',
  /** @type {(words: Int32Array) => void} */
  (words) => {
    Atomics.store(words, 1, 1);
    Atomics.notify(words, 1);
  },
);

/**
 * Says in word 0 that it has begun, and blocks until word 1 is set.
 * @param {Int32Array} words
 */
function blockOn(words) {
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
  Atomics.wait(words, 1, 0);
}

/** Blocks until word 1 is set. */
export const waitFor = task(
  import.meta,
  'waitFor',
  /** @type {(words: Int32Array) => string} */
  (words) => {
    blockOn(words);
    return 'over';
  },
);

/** As `waitFor`; gives the words themselves, which no bytes can carry. */
export const waitForWords = task(
  import.meta,
  'waitForWords',
  /** @type {(words: Int32Array) => Int32Array} */
  (words) => {
    blockOn(words);
    return words;
  },
);

/** Says in word 0 that it has begun, and ends when it is aborted. */
export const untilAborted = task(
  import.meta,
  'untilAborted',
  /** @type {(words: Int32Array, lingers?: number) => never} */
  (words, lingers = 0) => {
    const token = cancellation();
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
    while (token?.isCancelled !== true);
    for (const told = performance.now(); performance.now() - told < lingers;);
    for (;;) token.throwIfCancelled();
  },
);

/** Keeps in word 1 the most of these that ever ran at a time; word 0 counts those that run. */
export const crowd = task(
  import.meta,
  'crowd',
  /** @type {(words: Int32Array, i: number) => number} */
  (words, i) => {
    const now = Atomics.add(words, 0, 1) + 1;
    for (let most = Atomics.load(words, 1); now > most;) {
      const seen = Atomics.compareExchange(words, 1, most, now);
      if (seen === most) break;
      most = seen;
    }
    Atomics.sub(words, 0, 1);
    return i;
  },
);

/** As an async task, it stays on its thread to the end. */
export const asyncThreads = task(import.meta, 'asyncThreads', async () => {
  const first = threadId;
  await new Promise((resolve) => setTimeout(resolve, 1));
  return [first, threadId];
});

export const fail = task(
  import.meta,
  'fail',
  /** @type {(message: string) => never} */
  (message) => {
    throw new RangeError(message);
  },
);

/** Ends its thread; another of the same thread may follow. */
export const exit = task(import.meta, 'exit', () => {
  globalThis.process.exit(3);
});

/** On a worker: lets the blocking pool tell its thread, and gives both. */
export const delegate = task(import.meta, 'delegate', async () => [threadId, await spawnBlocking(threadOf)]);

/** In the pool: spawns on a worker and in the pool, and gives all three threads. */
export const delegateBack = task(import.meta, 'delegateBack', async () => [
  threadId,
  await spawn(threadOf),
  await spawnBlocking(threadOf),
]);

/** On a worker: a blocking task for each number. */
export const many = task(
  import.meta,
  'many',
  /** @type {(words: Int32Array, count: number) => Promise<number[]>} */
  (words, count) => Promise.all(Array.from({ length: count }, (_, i) => spawnBlocking(crowd, words, i))),
);
