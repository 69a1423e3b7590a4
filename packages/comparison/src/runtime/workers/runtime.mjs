// The tasks of tasks.mjs as the runtime's, by the same names, and one that spawns others.

import { spawn, task } from '@concurrency-lab/runtime';
import { tasks } from './tasks.mjs';

export const increment = task(import.meta, 'increment', tasks.increment);
export const fib = task(import.meta, 'fib', tasks.fib);
export const bigFib = task(import.meta, 'bigFib', tasks.bigFib);
export const exit = task(import.meta, 'exit', tasks.exit);
export const loop = task(import.meta, 'loop', tasks.loop);
export const never = task(import.meta, 'never', tasks.never);
export const giveFunction = task(import.meta, 'giveFunction', tasks.giveFunction);
export const throwUndefined = task(import.meta, 'throwUndefined', tasks.throwUndefined);

export const forkFib = task(import.meta, 'forkFib', async (n, leaf) => {
  if (n <= leaf) return tasks.fib(n);
  const one = spawn(forkFib, n - 1, leaf);
  const other = spawn(forkFib, n - 2, leaf);
  return (await one) + (await other);
});
