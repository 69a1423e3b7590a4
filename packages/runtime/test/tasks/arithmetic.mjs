// Tasks that compute.

import { spawn, task } from '@concurrency-lab/runtime';

export const add = task(
  import.meta,
  'add',
  /** @type {(a: number, b: number) => number} */
  (a, b) => a + b,
);

export const addLater = task(
  import.meta,
  'addLater',
  /** @type {(a: number, b: number) => Promise<number>} */
  async (a, b) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return a + b;
  },
);

/** Computes a Fibonacci number by spawning a task for each call. */
export const fib = task(
  import.meta,
  'fib',
  /** @type {(n: number) => Promise<number>} */
  async (n) => {
    if (n < 2) return n;
    const left = spawn(fib, n - 1);
    const right = spawn(fib, n - 2);
    return (await left) + (await right);
  },
);

/** As fib, in coroutines. */
export const fibOfCoroutines = task(
  import.meta,
  'fibOfCoroutines',
  /** @type {(n: number) => import('@concurrency-lab/mini-exec').Coroutine<number>} */
  function* (n) {
    if (n < 2) return n;
    const left = spawn(fibOfCoroutines, n - 1);
    const right = spawn(fibOfCoroutines, n - 2);
    return (yield* left) + (yield* right);
  },
);

/** Adds its number plus one to a word of its own. */
export const mark = task(
  import.meta,
  'mark',
  /** @type {(words: Int32Array, i: number) => void} */
  (words, i) => {
    Atomics.add(words, i, i + 1);
  },
);

/** Gives what an object holds. */
export const valueOf = task(
  import.meta,
  'valueOf',
  /** @type {(object: { value: unknown }) => unknown} */
  ({ value }) => value,
);
