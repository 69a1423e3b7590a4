import { call, forkJoin, spawn, type Task, task } from '@concurrency-lab/runtime';

export const invert: Task<[pixels: Uint8Array], void> = task(import.meta, 'invert', (pixels: Uint8Array) => {
  for (let i = 0; i < pixels.length; i++) pixels[i] = 255 - pixels[i]!;
});

export const fib: Task<[n: number], number, Promise<number>> = task(
  import.meta,
  'fib',
  async (n: number): Promise<number> => {
    if (n < 2) return n;
    const [a, b] = await forkJoin({ spawn }, call(fib, n - 1), call(fib, n - 2));
    return a + b;
  },
);

export const square: Task<[n: number], number> = task(import.meta, 'square', (n: number) => n * n);

export const fail: Task<[], never> = task(import.meta, 'fail', (): never => {
  throw new RangeError('no such pixel');
});
