// @ts-check
// Tasks that end their worker, or are ended with it; each counts that it has begun.

import { getEnvironmentData } from 'node:worker_threads';
import { spawn, task } from '@concurrency-lab/runtime';

/** Is the key under which the thread that builds the runtime leaves the counts for its workers. */
export const COUNTS = 'runs of tasks in chaos';
const counts = /** @type {Int32Array} */ (getEnvironmentData(COUNTS));

/** @param {number} id */
function begin(id) {
  Atomics.add(counts, id, 1);
}

/** @param {number} id */
function answer(id) {
  return id * 3 + 1;
}

export const compute = task(
  import.meta,
  'compute',
  /** @type {(id: number) => number} */
  (id) => {
    begin(id);
    return answer(id);
  },
);

export const wait = task(
  import.meta,
  'wait',
  /** @type {(id: number, text: string) => Promise<number>} */
  async (id, text) => {
    begin(id);
    await new Promise((resolve) => setTimeout(resolve, text.length % 3));
    return answer(id);
  },
);

/** Spawns another task, and waits for it. */
export const nest = task(
  import.meta,
  'nest',
  /** @type {(id: number) => Promise<number>} */
  async (id) => {
    begin(id);
    return (await spawn(compute, id + 1)) - 3;
  },
);

export const fail = task(
  import.meta,
  'fail',
  /** @type {(id: number) => never} */
  (id) => {
    begin(id);
    throw new RangeError(String(id));
  },
);

export const exit = task(
  import.meta,
  'exit',
  /** @type {(id: number) => never} */
  (id) => {
    begin(id);
    process.exit(1);
  },
);

/** Ends its thread by an error that nobody catches. */
export const throwBesides = task(
  import.meta,
  'throwBesides',
  /** @type {(id: number) => Promise<never>} */
  (id) => {
    begin(id);
    setTimeout(() => {
      throw new TypeError('besides');
    });
    return new Promise(() => {});
  },
);

/** Is ended by the runtime, when it was aborted. */
export const spin = task(
  import.meta,
  'spin',
  /** @type {(id: number) => never} */
  (id) => {
    begin(id);
    for (;;);
  },
);

export const allocateAll = task(
  import.meta,
  'allocateAll',
  /** @type {(id: number) => never} */
  (id) => {
    begin(id);
    const kept = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
  },
);

/** Waits, without giving its worker up, until so many of its kind have begun. */
export const meet = task(
  import.meta,
  'meet',
  /** @type {(words: Int32Array, count: number) => void} */
  (words, count) => {
    let there = Atomics.add(words, 0, 1) + 1;
    Atomics.notify(words, 0);
    for (; there < count; there = Atomics.load(words, 0)) Atomics.wait(words, 0, there);
  },
);
