// Tasks that go wrong, each in its own way.

import { threadId } from 'node:worker_threads';
import { cancellation, spawn, task } from '@concurrency-lab/runtime';
import { fromPromise } from '@concurrency-lab/mini-exec';

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

export const allocateAll = task(import.meta, 'allocateAll', () => {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
});

export const spin = task(import.meta, 'spin', () => {
  for (;;);
});

/** Ends as soon as it is aborted. */
export const spinUntilAborted = task(import.meta, 'spinUntilAborted', () => {
  const token = cancellation();
  for (;;) token?.throwIfCancelled();
});

export const never = task(import.meta, 'never', () => new Promise(() => {}));

/** Waits for ever in a coroutine, and counts its cleanup. */
export const neverCoroutine = task(import.meta, 'neverCoroutine', function* () {
  try {
    yield* fromPromise(new Promise(() => {}));
  } finally {
    cleanups++;
  }
});

let cleanups = 0;
export const countCleanups = task(import.meta, 'countCleanups', () => cleanups);

/** Spawns a task and joins it; its outcome is this task's. */
export const spawnExit = task(import.meta, 'spawnExit', async () => {
  const handle = spawn(exit, 5);
  return handle.then(
    () => 'ended',
    (error) => String(error.cause?.name),
  );
});
