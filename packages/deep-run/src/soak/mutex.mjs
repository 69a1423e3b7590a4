// @ts-check
// Two workers and this thread change two words under one mutex, in every way of locking; the
// words are equal whenever the mutex is free.

import { Worker } from 'node:worker_threads';
import { Mutex } from '@concurrency-lab/spinlock';

/** @param {() => number} random @returns {import('../soak.mjs').Workload} */
export function start(random) {
  const mutex = Mutex.create();
  const words = new Int32Array(new SharedArrayBuffer(12));
  const workers = [1, 2].map(
    () =>
      new Worker(new URL('../workers/mutex-count.mjs', import.meta.url), {
        workerData: { handle: mutex.handle, words },
      }),
  );
  const change = () => {
    if (words[0] !== words[1]) throw new Error(`${words[0]} and ${words[1]} should be equal under the mutex`);
    words[0] = /** @type {number} */ (words[0]) + 1;
    words[1] = /** @type {number} */ (words[1]) + 1;
  };
  return {
    async round() {
      for (let i = 0; i < 200; i++) {
        const way = random();
        if (way < 0.4) mutex.withLock(change);
        else if (way < 0.8) await mutex.withLockAsync(change);
        else {
          const given = await mutex.lockAsync({ timeout: 0 }).catch((error) => error);
          if (given.code === undefined) {
            change();
            given.unlock();
          } else if (given.code !== 'ERR_TIMEOUT') throw given;
        }
      }
    },
    leftovers: () => [],
    async stop() {
      Atomics.store(words, 2, 1);
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
      if (mutex.isLocked) throw new Error('the mutex is still locked when everybody has gone');
      mutex.withLock(change);
    },
  };
}
