// The task of one piece of a parallel map: applies another task to each item, on the worker.
//
// It is made of that task, on each thread where it is needed, and found by where that one is defined:
// so a worker loads that module as it does for the task itself, and leaves the piece to others meanwhile.

import type { Cancellation } from '@concurrency-lab/atomics';
import { coroutine, type Coroutine, toPromise } from '@concurrency-lab/mini-exec';
import { cancellation } from '../current.ts';
import { defineTask, type Task } from '../tasks/task.ts';

/** Begins the URL of a piece's task, before that of the task that it applies. */
const MAPPED = 'concurrency-lab:map:';

/** Is the task of a piece; its items are called with their index, of which the first is `from`. */
export type PieceTask = Task<[items: ArrayLike<unknown>, from: number], unknown[]>;

type Mapped = Task<[item: unknown, index: number]>;

const made = new WeakMap<Task, PieceTask>();

/** Gives the task that applies another one to the items of a piece. */
export function pieceTask(task: Task): PieceTask {
  const known = made.get(task);
  if (known !== undefined) return known;
  const mapped = task as unknown as Mapped;
  // Not async: it does not leave a worker that would take further pieces then, and run them one after the other.
  const run = (items: ArrayLike<unknown>, from: number): unknown => mapItems(mapped, items, from);
  const piece = defineTask({ url: MAPPED + task.url }, task.taskName, run, 'sync') as unknown as PieceTask;
  made.set(task, piece);
  return piece;
}

/** Gives the URL of the task that a piece's task applies, by the URL of that; undefined where it is no such URL. */
export function mappedUrl(url: string): string | undefined {
  return url.startsWith(MAPPED) ? url.slice(MAPPED.length) : undefined;
}

function mapItems(mapped: Mapped, items: ArrayLike<unknown>, from: number): unknown[] | Promise<unknown[]> {
  const token = cancellation();
  const values: unknown[] = [];
  while (values.length < items.length) {
    token?.throwIfCancelled();
    const value = mapped.body(items[values.length], from + values.length);
    if (mapped.kind === 'coroutine' || isThenable(value)) return mapOn(mapped, items, from, token, values, value);
    values.push(value);
  }
  return values;
}

/** Goes on when an item has to be waited for. */
async function mapOn(
  mapped: Mapped,
  items: ArrayLike<unknown>,
  from: number,
  token: Cancellation | undefined,
  values: unknown[],
  first: unknown,
): Promise<unknown[]> {
  for (let value = first; ; value = mapped.body(items[values.length], from + values.length)) {
    values.push(await (mapped.kind === 'coroutine' ? toPromise(coroutine(value as Coroutine<unknown>)) : value));
    if (values.length === items.length) return values;
    token?.throwIfCancelled();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}
