// What the comparisons of rings share: a partner thread, and blocks of work that begin on both.

import { Worker } from 'node:worker_threads';

/** Starts the partner; `begin(count)` sets it to work, and returns at once. */
export function startPartner(workerData) {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('workers/partner.mjs', import.meta.url), { workerData: { ...workerData, words } });
  worker.on('error', (error) => {
    throw error;
  });
  return {
    begin(count) {
      words[1] = count;
      Atomics.add(words, 0, 1);
      Atomics.notify(words, 0);
    },
    close: () => worker.terminate(),
  };
}
