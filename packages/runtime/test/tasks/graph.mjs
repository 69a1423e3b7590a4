// Tasks that do what a plan says: spawn others, wait for them, abort them, forget them, pause, and
// return or throw. Each counts in shared memory that it has begun.

import { getEnvironmentData } from 'node:worker_threads';
import { fromPromise } from '@concurrency-lab/mini-exec';
import { spawn, task } from '@concurrency-lab/runtime';

/**
 * @typedef {import('./graph.d.mts').Plan} Plan
 * @typedef {import('./graph.d.mts').Ended} Ended
 * @typedef {import('./graph.d.mts').Spawn} Spawn
 * @typedef {import('@concurrency-lab/runtime').JoinHandle<Ended>} Handle
 */

/** Is the key under which the thread that builds the runtime leaves the counts for its workers. */
export const COUNTS = 'runs of planned tasks';
const counts = /** @type {Int32Array | undefined} */ (getEnvironmentData(COUNTS));

/** @param {Plan} plan */
function begin({ id }) {
  if (counts !== undefined) Atomics.add(counts, id, 1);
}

/**
 * Does the steps of a plan; yields what has to be waited for, and is given what a handle came to.
 * @param {Plan} plan @param {Spawn} spawnTask
 * @returns {Generator<Handle | undefined, Ended, Ended>}
 */
export function* steps(plan, spawnTask) {
  /** @type {Handle[]} */
  const handles = [];
  /** @type {Ended[]} */
  const joined = [];
  for (const step of plan.steps) {
    if ('spawn' in step) handles.push(spawnTask(step.spawn));
    else if ('abort' in step) handles[step.abort]?.abort();
    else if ('join' in step) joined.push(yield handles[step.join]);
    else yield undefined;
  }
  if (plan.throws) throw new RangeError(JSON.stringify({ id: plan.id, joined }));
  return { id: plan.id, joined };
}

/**
 * Says how a joined task has ended.
 * @param {PromiseLike<Ended>} handle @returns {Promise<Ended>}
 */
export async function ended(handle) {
  try {
    return await handle;
  } catch (error) {
    const { isCancelled, cause } = /** @type {import('@concurrency-lab/mini-exec').JoinError} */ (error);
    if (isCancelled) return 'cancelled';
    if (!(cause instanceof RangeError)) throw error;
    return { thrown: JSON.parse(cause.message) };
  }
}

/** @type {Spawn} */
const spawnHere = (plan) => spawn(taskOf(plan), plan);

/** @param {Plan} plan */
export function taskOf({ kind }) {
  return { sync: planned, async: plannedAsync, coroutine: plannedCoroutine }[kind];
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * Does a plan, in an async function.
 * @param {Plan} plan @param {Spawn} spawnTask @returns {Promise<Ended>}
 */
export async function follow(plan, spawnTask) {
  const doing = steps(plan, spawnTask);
  for (let step = doing.next(); ;) {
    if (step.done === true) return step.value;
    const outcome = step.value === undefined ? await pause() : await ended(step.value);
    step = doing.next(/** @type {Ended} */ (outcome));
  }
}

export const planned = task(
  import.meta,
  'planned',
  /** @type {(plan: Plan) => Ended} */
  (plan) => {
    begin(plan);
    const step = steps(plan, spawnHere).next();
    if (step.done !== true) throw new Error('a plan of a sync task does not wait');
    return step.value;
  },
);

export const plannedAsync = task(
  import.meta,
  'plannedAsync',
  /** @type {(plan: Plan) => Promise<Ended>} */
  (plan) => {
    begin(plan);
    return follow(plan, spawnHere);
  },
);

export const plannedCoroutine = task(
  import.meta,
  'plannedCoroutine',
  /** @type {(plan: Plan) => import('@concurrency-lab/mini-exec').Coroutine<Ended>} */
  function* (plan) {
    begin(plan);
    const doing = steps(plan, spawnHere);
    for (let step = doing.next(); ;) {
      if (step.done === true) return step.value;
      const outcome = yield* fromPromise(step.value === undefined ? pause() : ended(step.value));
      step = doing.next(/** @type {Ended} */ (outcome));
    }
  },
);
