// The task of one piece of a parallel map: applies another task to each item, on the worker.
//
// It is a task of this package itself, so it has no module to be imported from: every worker
// has it.

import { coroutine, type Coroutine, toPromise } from '@concurrency-lab/mini-exec';
import { cancellation } from '../current.ts';
import { loadTask } from '../tasks/load-task.ts';
import { type Task, task } from '../tasks/task.ts';

/** Stands for the URL of the tasks that every worker has. */
const BUILT_IN = { url: 'concurrency-lab:runtime' };

type Items = ArrayLike<unknown>;

/** Applies the task of that URL and name to items, of which the first has the index `from`. */
export const mapPiece: Task<[url: string, name: string, items: Items, from: number], unknown[]> = task(
  BUILT_IN,
  'mapPiece',
  async (url: string, name: string, items: Items, from: number): Promise<unknown[]> => {
    const token = cancellation();
    const mapped = (await loadTask(url, name)) as unknown as Task<[unknown, number]>;
    const values: unknown[] = [];
    for (let i = 0; i < items.length; i++) {
      token?.throwIfCancelled();
      const value: unknown = mapped.body(items[i], from + i);
      if (mapped.kind === 'coroutine') values.push(await toPromise(coroutine(value as Coroutine<unknown>)));
      else values.push(isThenable(value) ? await value : value);
    }
    return values;
  },
);

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}
