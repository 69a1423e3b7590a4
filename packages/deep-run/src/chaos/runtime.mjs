// @ts-check
// Thousands of tasks run on the workers of a runtime while some of them end their worker: by
// process.exit, by an error that nobody catches, by an endless loop that is aborted, by taking all
// memory. Each task has one outcome, which its kind allows, and begins once at most; once exactly if
// it came to a value. Afterwards all workers are there again.

import { setEnvironmentData } from 'node:worker_threads';
import { Runtime } from '@concurrency-lab/runtime';
import * as tasks from '../workers/runtime-tasks.mjs';

const WORKERS = 3;
/** So many tasks are spawned in a round, apart from those that tasks spawn. */
const TASKS = 5000;
const PATIENCE = 120_000;
const MOST_IDS = 2 ** 22;

/**
 * @typedef {{ id: number, handle: import('@concurrency-lab/runtime').JoinHandle<unknown>, isAborted: boolean }} Spawned
 * @typedef {{ name?: string, isCancelled?: boolean, message?: string, cause?: Failure }} Failure
 */

/** @param {() => number} random @returns {import('../chaos.mjs').Scenario} */
export function start(random) {
  const counts = new Int32Array(new SharedArrayBuffer(4 * MOST_IDS));
  setEnvironmentData(tasks.COUNTS, counts);
  const rt = Runtime.builder()
    .workerThreads(WORKERS)
    .abortTimeout(5)
    .unhandledPanic('ignore')
    .workerOptions({ execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 32 } })
    .build();
  const seen = { values: 0, errors: 0, lost: 0, cancelled: 0 };
  let ids = 0;

  /** @param {number} count */
  const take = (count) => {
    ids += count;
    if (ids >= MOST_IDS) throw new Error(`more than ${MOST_IDS} tasks: give fewer seconds or rounds`);
    return ids - count;
  };

  /** @param {number} dice from 0 to 1 @param {boolean} isDeadly @returns {Spawned} */
  const spawn = (dice, isDeadly) => {
    const id = take(2);
    /** @param {Spawned['handle']} handle */
    const of = (handle, isAborted = false) => ({ id, handle, isAborted });
    if (isDeadly) {
      if (dice < 0.5) return of(rt.spawn(tasks.exit, id));
      if (dice < 0.75) return of(rt.spawn(tasks.throwBesides, id));
      if (dice < 0.8) return of(rt.spawn(tasks.allocateAll, id));
      const spin = rt.spawn(tasks.spin, id);
      setTimeout(() => spin.abort(), dice * 5);
      return of(spin, true);
    }
    if (dice < 0.1) return of(rt.spawn(tasks.wait, id, 'x'.repeat(dice * 3000)));
    if (dice < 0.2) return of(rt.spawn(tasks.nest, id));
    if (dice < 0.25) return of(rt.spawn(tasks.fail, id));
    const handle = rt.spawn(tasks.compute, id);
    if (dice < 0.28) handle.abort();
    return of(handle, dice < 0.28);
  };

  /** Throws on an outcome that a task cannot have. @param {Spawned} spawned */
  const judge = async ({ id, handle, isAborted }) => {
    /** @type {unknown} */
    let value;
    /** @type {Failure | undefined} */
    let failure;
    try {
      value = await handle;
    } catch (error) {
      failure = /** @type {Failure} */ (error);
    }
    const runs = Atomics.load(counts, id);
    const what = `${handle.name} ${id}, begun ${runs} times`;
    if (failure === undefined) {
      seen.values++;
      if (value !== id * 3 + 1 || runs !== 1) throw new Error(`${what}: came to ${String(value)}`);
      if (handle.name === 'nest' && Atomics.load(counts, id + 1) !== 1) throw new Error(`${what}: its own did not run`);
      return;
    }
    if (runs > 1) throw new Error(what);
    // Of a task that waited for another one, that one's error is the cause.
    const cause = handle.name === 'nest' && failure.cause?.name === 'JoinError' ? failure.cause.cause : failure.cause;
    if (failure.isCancelled === true && isAborted) seen.cancelled++;
    else if (cause?.name === 'WorkerLostError') seen.lost++;
    else if (handle.name === 'fail' && runs === 1 && cause?.message === String(id)) seen.errors++;
    else throw new Error(`${what}: ended wrongly`, { cause: failure });
  };

  /** @param {Promise<unknown>} promise @param {() => string} what */
  const inTime = async (promise, what) => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what()}: ${JSON.stringify(rt.metrics())}`)), PATIENCE);
    });
    await Promise.race([promise, late]);
    clearTimeout(timer);
  };

  return {
    async round() {
      /** @type {Spawned[]} */
      const spawned = [];
      /** @type {Promise<void>[]} */
      const judged = [];
      for (let i = 0; i < TASKS; i++) {
        const one = spawn(random(), random() < 1 / 1000);
        spawned.push(one);
        judged.push(judge(one));
        if (random() < 0.005) await new Promise((resolve) => setImmediate(resolve));
      }
      await inTime(Promise.all(judged), () => {
        const open = spawned.filter(({ handle }) => !handle.isFinished);
        return `${open.length} tasks have not ended, the first is ${open[0]?.handle.name} ${open[0]?.id}`;
      });
      const words = new Int32Array(new SharedArrayBuffer(4));
      const meeting = Array.from({ length: WORKERS }, () => rt.spawn(tasks.meet, words, WORKERS));
      await inTime(Promise.all(meeting), () => `of ${WORKERS} workers, ${words[0]} are there`);
    },
    async stop() {
      const { liveTasks } = rt.metrics();
      await rt.shutdown();
      if (liveTasks !== 0) throw new Error(`${liveTasks} tasks live when all have ended`);
      const twice = counts.findIndex((runs) => runs > 1);
      if (twice !== -1) throw new Error(`task ${twice} has begun ${counts[twice]} times`);
      const { values, errors, lost, cancelled } = seen;
      return `${values + errors + lost + cancelled} tasks: ${values} values, ${errors} errors, ${cancelled} cancelled, ${lost} lost with their workers`;
    },
  };
}
