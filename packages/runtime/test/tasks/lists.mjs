// Tasks that are applied to lists.

import { call, forkJoin, MpscSender, spawn, task } from '@concurrency-lab/runtime';

export const square = task(
  import.meta,
  'square',
  /** @type {(n: number, index: number) => number} */
  (n, index) => n * n + index * 1_000_000,
);

export const squareLater = task(
  import.meta,
  'squareLater',
  /** @type {(n: number) => Promise<number>} */
  async (n) => {
    await new Promise((resolve) => setTimeout(resolve, n % 3));
    return n * n;
  },
);

export const squareStepwise = task(
  import.meta,
  'squareStepwise',
  /** @type {(n: number) => import('@concurrency-lab/mini-exec').Coroutine<number>} */
  function* (n) {
    return (yield* spawn(squareLater, n)) + 0;
  },
);

export const mark = task(
  import.meta,
  'mark',
  /** @type {(words: Int32Array) => void} */
  (words) => {
    Atomics.add(words, 0, 1);
  },
);

/** Marks each item that it sees in shared memory, fails at one of them, and waits for ever at some. */
export const failAt = task(
  import.meta,
  'failAt',
  /** @type {(item: { words: Int32Array, fail: boolean, waits?: boolean }) => number | Promise<number>} */
  ({ words, fail, waits = false }) => {
    if (fail) throw new RangeError('no such item');
    return waits ? new Promise(() => {}) : Atomics.add(words, 0, 1);
  },
);

/** Waits until the word is not 0, or for ever. */
export const waitForWord = task(
  import.meta,
  'waitForWord',
  /** @type {(words: Int32Array) => Promise<number>} */
  async (words) => {
    Atomics.add(words, 1, 1);
    Atomics.notify(words, 1);
    while (Atomics.load(words, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    return 1;
  },
);

/** Blocks until it runs for two items at a time. */
export const meet = task(
  import.meta,
  'meet',
  /** @type {(words: Int32Array, index: number) => number} */
  (words, index) => {
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
    for (let seen = 1; seen < 2; seen = Atomics.load(words, 0)) Atomics.wait(words, 0, seen);
    return index;
  },
);

export const fib = task(
  import.meta,
  'fib',
  /** @type {(n: number) => Promise<number>} */
  async (n) => {
    if (n < 2) return n;
    const [a, b] = await forkJoin({ spawn }, call(fib, n - 1), call(fib, n - 2));
    return a + b;
  },
);

export const describeAll = task(
  import.meta,
  'describeAll',
  /** @type {(bytes: Uint8Array, text: string) => string} */
  (bytes, text) => `${bytes.join()} ${text}`,
);

export const sendMany = task(
  import.meta,
  'sendMany',
  /** @type {(handle: import('@concurrency-lab/runtime').MpscSenderHandle, from: number, count: number) => Promise<void>} */
  async (handle, from, count) => {
    const sender = MpscSender.from(handle);
    for (let i = 0; i < count; i++) await sender.sendAsync(from + i);
    sender.close();
  },
);
