// The task of which there are ten thousand: a coroutine, which leaves its thread to others while it
// sleeps. It returns its number, so that none can be lost, or come twice.

import type { Coroutine } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';
import { type Task, task } from '@concurrency-lab/runtime';

export const nap: Task<[number: number], number, Coroutine<number>> = task(
  import.meta,
  'nap',
  function* (number: number): Coroutine<number> {
    yield* sleep(1);
    return number;
  },
);
