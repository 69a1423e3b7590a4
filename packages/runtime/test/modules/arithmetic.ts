import type { Coroutine } from '@concurrency-lab/mini-exec';
import { type Task, task } from '../../src/tasks/task.ts';

export const add: Task<[a: number, b: number], number, number> = task(
  import.meta,
  'add',
  (a: number, b: number) => a + b,
);
export const later: Task<[a: number], number, Promise<number>> = task(import.meta, 'later', async (a: number) =>
  Promise.resolve(a + 1),
);
// oxlint-disable-next-line require-yield
export const stepwise: Task<[a: number], number, Coroutine<number>> = task(import.meta, 'stepwise', increment);

// oxlint-disable-next-line require-yield
function* increment(a: number): Coroutine<number> {
  return a + 1;
}
