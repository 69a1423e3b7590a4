// Starts tasks, not too many at once, and collects their values in the order of the starts. The
// first that fails, or a signal, ends it: those that are under way are aborted, and no more begin.

import { JoinError } from '@concurrency-lab/mini-exec';
import type { JoinHandle } from '../join-handle.ts';

/** Says what to start and when to stop. */
export interface Batch<T> {
  readonly count: number;
  /** Starts the task of a number, from 0. */
  readonly start: (index: number) => JoinHandle<T>;
  /** How many are under way at most. */
  readonly atOnce: number;
  readonly signal: AbortSignal | undefined;
}

/** Joins a batch; rejects with what the first failing task threw, or with the signal's reason. */
export function joinInOrder<T>({ count, start, atOnce, signal }: Batch<T>): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const values: T[] = [];
    values.length = count;
    const live = new Set<JoinHandle<T>>();
    let next = 0;
    let left = count;
    let isOver = false;
    const end = (): void => {
      isOver = true;
      signal?.removeEventListener('abort', abort);
      for (const handle of live) handle.abort();
    };
    const fail = (error: unknown): void => {
      if (isOver) return;
      end();
      reject(error);
    };
    const abort = (): void => fail(signal!.reason);
    const follow = (index: number, handle: JoinHandle<T>): void => {
      live.add(handle);
      void handle.then(
        (value) => {
          live.delete(handle);
          if (isOver) return;
          values[index] = value;
          if (--left > 0) return begin();
          end();
          resolve(values);
        },
        (error: unknown) => {
          live.delete(handle);
          fail(error instanceof JoinError && error.isPanic ? error.cause : error);
        },
      );
    };
    const begin = (): void => {
      try {
        while (!isOver && live.size < atOnce && next < count) {
          const index = next++;
          follow(index, start(index));
        }
      } catch (error) {
        fail(error);
      }
    };
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    begin();
    if (count === 0) {
      end();
      resolve(values);
    }
  });
}
