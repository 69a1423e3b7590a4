// The tasks of a program that is bundled.
import { spawn, task } from '@concurrency-lab/runtime';

export const fib = task(
  import.meta,
  'fib',
  /** @type {(n: number) => Promise<number>} */
  async (n) => {
    if (n < 2) return n;
    const one = spawn(fib, n - 1);
    const other = spawn(fib, n - 2);
    return (await one) + (await other);
  },
);

export const square = task(
  import.meta,
  'square',
  /** @type {(n: number) => number} */
  (n) => n * n,
);
