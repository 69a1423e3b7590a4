// Tasks that go wrong, each in its own way.

import { threadId } from 'node:worker_threads';
import { cancellation, spawn, task } from '@concurrency-lab/runtime';
import { fromPromise } from '@concurrency-lab/mini-exec';

/**
 * Says that a task has begun.
 * @param {Int32Array} flag
 */
function begin(flag) {
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

/** Tells on which thread it ran. */
export const thread = task(import.meta, 'thread', () => threadId);

export const throwError = task(
  import.meta,
  'throwError',
  /** @type {(message: string) => never} */
  (message) => {
    throw new RangeError(message);
  },
);

export const throwUndefined = task(import.meta, 'throwUndefined', () => {
  throw undefined;
});

/** Throws what throws in its turn, whatever is asked of it. */
export const throwHostile = task(import.meta, 'throwHostile', () => {
  const get = () => {
    throw new Error('trap');
  };
  throw new Proxy({}, { get, getPrototypeOf: get, ownKeys: get });
});

export const returnFunction = task(import.meta, 'returnFunction', () => () => 1);

export const exit = task(
  import.meta,
  'exit',
  /** @type {(code: number) => void} */
  (code) => {
    process.exit(code);
  },
);

/** Ends its thread by an error that nobody catches, while the task waits. */
export const throwBesides = task(import.meta, 'throwBesides', () => {
  setTimeout(() => {
    throw new TypeError('besides');
  });
  return new Promise(() => {});
});

/** Has come to its value when its thread ends by an error that nobody catches. */
export const throwAfterwards = task(import.meta, 'throwAfterwards', () => {
  setTimeout(() => {
    throw new TypeError('afterwards');
  });
  return 'over';
});

/** Spawns a task that throws, and does not join it. */
export const spawnThrow = task(
  import.meta,
  'spawnThrow',
  /** @type {(message: string) => void} */
  (message) => void spawn(throwError, message),
);

export const allocateAll = task(import.meta, 'allocateAll', () => {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
});

export const spin = task(
  import.meta,
  'spin',
  /** @type {(flag: Int32Array) => never} */
  (flag) => {
    begin(flag);
    for (;;);
  },
);

/** Ends as soon as it is aborted. */
export const spinUntilAborted = task(
  import.meta,
  'spinUntilAborted',
  /** @type {(flag: Int32Array) => never} */
  (flag) => {
    const token = cancellation();
    begin(flag);
    for (;;) token?.throwIfCancelled();
  },
);

export const never = task(
  import.meta,
  'never',
  /** @type {(flag: Int32Array) => Promise<never>} */
  (flag) => {
    begin(flag);
    return new Promise(() => {});
  },
);

/** Waits for ever in a coroutine, and counts its cleanup. */
export const neverCoroutine = task(
  import.meta,
  'neverCoroutine',
  /** @type {(flag: Int32Array) => import('@concurrency-lab/mini-exec').Coroutine<void>} */
  function* (flag) {
    try {
      begin(flag);
      yield* fromPromise(new Promise(() => {}));
    } finally {
      cleanups++;
    }
  },
);

let cleanups = 0;
export const countCleanups = task(import.meta, 'countCleanups', () => cleanups);

/** Spawns a task that ends its thread, and tells what became of it. */
export const spawnExit = task(import.meta, 'spawnExit', async () => {
  /** @param {{ cause?: { name?: string } }} error */
  const nameOfCause = (error) => String(error.cause?.name);
  return spawn(exit, 5).then(() => 'ended', nameOfCause);
});
