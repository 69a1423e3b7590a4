// The worker pools of npm and the runtime in one form: `open` starts one with so many workers, `run` gives it a task of
// workers/tasks.mjs, with a signal where the pool can abort. Each imports its package when it is opened.

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { tasks } from './workers/tasks.mjs';

/**
 * @typedef {object} Pool
 * @property {(task: keyof typeof tasks, value?: number, signal?: AbortSignal) => Promise<number>} run
 * @property {() => unknown} close
 */

/**
 * @typedef {object} Kind
 * @property {string} [package]
 * @property {import('../harness/definition.mjs').Subject['unsupported']} [unsupported]
 * @property {boolean} [aborts] takes a signal; true if left out
 * @property {(options: { workers: number, concurrent?: number, spinTime?: number }) => Pool | Promise<Pool>} open
 *   `concurrent` tasks of a worker at once and `spinTime`, where it has such a setting
 */

const url = (name) => new URL(`workers/${name}.mjs`, import.meta.url);
const path = (name) => decodeURIComponent(url(name).pathname);

/** Opens a pool of piscina, or of tinypool, which is made after it. */
function openPiscina(Pool, { workers, concurrent = 1 }) {
  const pool = new Pool({
    filename: url('tasks').href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: concurrent,
  });
  return {
    run: (name, value, signal) => pool.run(value, { name, ...(signal === undefined ? {} : { signal }) }),
    close: () => pool.destroy(),
  };
}

/** @type {Record<string, Kind>} */
export const pools = {
  runtime: {
    package: '@concurrency-lab/runtime',
    async open({ workers, spinTime = 0 }) {
      const { Runtime } = await import('@concurrency-lab/runtime');
      const named = await import('./workers/runtime.mjs');
      const rt = Runtime.builder().workerThreads(workers).spinTime(spinTime).unhandledPanic('ignore').build();
      return {
        run(name, value, signal) {
          const handle = rt.spawn(named[name], value);
          signal?.addEventListener('abort', () => handle.abort(), { once: true });
          return handle;
        },
        close: () => rt.shutdown(),
      };
    },
  },
  piscina: {
    package: 'piscina',
    open: async (options) => openPiscina((await import('piscina')).Piscina, options),
  },
  tinypool: {
    package: 'tinypool',
    open: async (options) => openPiscina((await import('tinypool')).Tinypool, options),
  },
  workerpool: {
    package: 'workerpool',
    async open({ workers }) {
      const { default: workerpool } = await import('workerpool');
      const pool = workerpool.pool(path('workerpool'), {
        minWorkers: workers,
        maxWorkers: workers,
        workerType: 'thread',
      });
      return {
        run(name, value, signal) {
          const running = pool.exec(name, [value]);
          signal?.addEventListener('abort', () => void running.cancel(), { once: true });
          return running;
        },
        close: () => pool.terminate(true),
      };
    },
  },
  poolifier: {
    package: 'poolifier',
    async open({ workers, concurrent }) {
      const { FixedThreadPool } = await import('poolifier');
      const queue =
        concurrent === undefined ? {} : { enableTasksQueue: true, tasksQueueOptions: { concurrency: concurrent } };
      const pool = new FixedThreadPool(workers, path('poolifier'), queue);
      // Its promises alone do not keep the process alive.
      const alive = setInterval(() => {}, 60_000);
      return {
        run: (name, value, signal) => pool.execute(value, name, signal),
        async close() {
          // destroy() now and then never settles.
          await Promise.race([pool.destroy(), sleep(2000)]);
          clearInterval(alive);
        },
      };
    },
  },
  multithreading: {
    package: 'multithreading',
    unsupported: ({ name, major }) => (name === 'Node' && major < 22 ? 'does not load' : undefined),
    async open({ workers }) {
      const { initRuntime, move, shutdown, spawn } = await import('multithreading');
      initRuntime({ maxWorkers: workers });
      return {
        async run(name, value, signal) {
          const handle = spawn(move(value), tasks[name]);
          signal?.addEventListener('abort', () => handle.abort(), { once: true });
          const result = await handle.join();
          if (!result.ok) throw result.error;
          return result.value;
        },
        close: () => shutdown(),
      };
    },
  },
  postMessage: {
    aborts: false,
    open({ workers }) {
      const waiting = new Map();
      const threads = Array.from({ length: workers }, () => new Worker(url('bare')));
      for (const thread of threads) {
        thread.on('message', ({ id, value }) => {
          waiting.get(id)(value);
          waiting.delete(id);
        });
      }
      let next = 0;
      return {
        run: (task, value) =>
          new Promise((resolve) => {
            const id = next++;
            waiting.set(id, resolve);
            threads[id % workers].postMessage({ id, task, value });
          }),
        close: () => Promise.all(threads.map((thread) => thread.terminate())),
      };
    },
  },
};

/**
 * Makes a subject of every kind of pool.
 * @param {(pool: Pool) => Omit<import('../harness/definition.mjs').Fixture, 'close'>} makeFixture
 * @param {{ workers: number, settings?: Record<string, { kind: string, concurrent?: number, spinTime?: number }> }} options further
 *   subjects of the same kinds, set otherwise
 * @returns {Record<string, import('../harness/definition.mjs').Subject>}
 */
export function subjectsOf(makeFixture, { workers, settings = {} }) {
  const all = { ...Object.fromEntries(Object.keys(pools).map((kind) => [kind, { kind }])), ...settings };
  return Object.fromEntries(
    Object.entries(all).map(([name, { kind, ...more }]) => {
      const { package: npm, unsupported, open } = pools[kind];
      return [
        name,
        {
          ...(npm === undefined ? {} : { package: npm }),
          ...(unsupported === undefined ? {} : { unsupported }),
          async setup() {
            const pool = await open({ workers, ...more });
            return { ...makeFixture(pool), close: () => pool.close() };
          },
        },
      ];
    }),
  );
}

/**
 * Shows that a pool answers each task with its own result, many at once.
 * @param {Pool} pool
 */
export async function verifyPool(pool) {
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => pool.run('increment', i)));
  for (const [i, answer] of answers.entries()) if (answer !== i + 1) throw new Error(`${i} was answered by ${answer}`);
}
