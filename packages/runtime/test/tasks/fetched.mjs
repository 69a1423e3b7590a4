// A module that takes its time to load, until it is told to go on.

import { getEnvironmentData } from 'node:worker_threads';
import { parkAsync } from '@concurrency-lab/atomics';
import { isRuntimeWorker, task } from '@concurrency-lab/runtime';

/** Is the key under which the thread that builds the runtime leaves two words: loading begins, and may end. */
export const GATE = 'gate of a module';
const gate = /** @type {Int32Array<SharedArrayBuffer> | undefined} */ (getEnvironmentData(GATE));

if (isRuntimeWorker() && gate !== undefined) {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  await parkAsync(gate, 1, 0);
}

/** Gives memory, which no bytes can carry. */
export const shared = task(
  import.meta,
  'shared',
  /** @type {(value: number) => Int32Array<SharedArrayBuffer>} */
  (value) => new Int32Array(new SharedArrayBuffer(4)).fill(value),
);
