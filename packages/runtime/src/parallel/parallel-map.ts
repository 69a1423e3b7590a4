// The map of lists, in parallel: pieces of the list are tasks.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import { requireTask, type Task } from '../tasks/task.ts';
import { chunksOf } from './chunks.ts';
import { joinInOrder } from './join-in-order.ts';
import { pieceTask } from './map-piece.ts';
import { requireSpawning, type Spawning } from './spawning.ts';

/** So many pieces may be under way for each worker: enough to keep it busy, and few enough to hold in memory. */
const AT_ONCE_PER_WORKER = 32;
/** Of how many workers a spawner is taken to have that does not say. */
const FEW_WORKERS = 4;

/** Holds the options of {@link parallelMap}. */
export interface ParallelOptions {
  /**
   * How many items make a task. Where not given, tasks get smaller, from a quarter of a worker's share to a 64th, so that
   * all workers end together. 1 is best where each item takes long, or waits.
   */
  readonly chunk?: number | undefined;
  /** Ends the work, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

type List<Item> = readonly Item[] | (ArrayLike<Item> & { subarray(from: number, to: number): ArrayLike<Item> });

/**
 * Applies a task to each item of a list, on all workers, and returns the values in the order of the
 * items. The task is called with item and index, as by `Array.map`.
 *
 * The list is cut into pieces, each of which is sent to a worker at once, and the items of a piece
 * come one after the other, also where the task is async. Of a typed array, each piece is sent alone;
 * over shared memory, nothing is copied. The first error ends the rest: pieces that have not
 * begun never do, those that run end before their next item, and what the task threw is thrown here.
 *
 * @param runtime - the runtime; within a task, `{ spawn }`
 * @throws {InvalidArgumentError} on anything but a task and a list, on a chunk that is no positive integer, and on items
 * that cannot be sent
 * @throws what the task throws first; or the reason of the signal
 *
 * @example
 * ```ts
 * import { isRuntimeWorker, parallelMap, Runtime, task } from '@concurrency-lab/runtime';
 *
 * export const square = task(import.meta, 'square', (n: number) => n * n);
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(2).build();
 *   await parallelMap(rt, square, [1, 2, 3, 4]); // => [1, 4, 9, 16]
 *   await rt.shutdown();
 * }
 * ```
 */
export async function parallelMap<Item, Result>(
  runtime: Spawning & { readonly workerThreads?: number },
  task: Task<[item: Item, index: number], Result>,
  items: List<Item>,
  options: ParallelOptions = {},
): Promise<Result[]> {
  const mapPiece = pieceTask(requireTask(task));
  if (!Array.isArray(items) && !ArrayBuffer.isView(items)) {
    throw new InvalidArgumentError(`parallelMap needs an array or a typed array of items, not ${describe(items)}`);
  }
  const workers = requireSpawning(runtime).workerThreads ?? FEW_WORKERS;
  const list = items as List<Item>;
  const pieces = chunksOf(list.length, workers, options.chunk);
  const values = await joinInOrder({
    count: pieces.length,
    atOnce: workers * AT_ONCE_PER_WORKER,
    signal: options.signal,
    start: (index) => {
      const { from, to } = pieces[index]!;
      const piece = 'subarray' in list ? list.subarray(from, to) : list.slice(from, to);
      return runtime.spawn(mapPiece, piece, from);
    },
  });
  return values.flat(1) as Result[];
}
