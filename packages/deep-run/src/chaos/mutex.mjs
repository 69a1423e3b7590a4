// @ts-check
// Workers that borrow a mutex are terminated, holding it or waiting for it. Who held it is found
// out when its loan is revoked; one of the others repairs the words, and everybody goes on.

import { Worker } from 'node:worker_threads';
import { Mutex, OwnerDiedError } from '@concurrency-lab/spinlock';

const WORKERS = 3;
const PATIENCE = { timeout: 60_000 };

/** @param {() => number} random @returns {import('../chaos.mjs').Scenario} */
export function start(random) {
  const mutex = Mutex.create();
  const words = new Int32Array(new SharedArrayBuffer(12));
  let killed = 0;
  let died = 0;
  let repaired = 0;

  const begin = () => {
    const loan = mutex.lend();
    const worker = new Worker(new URL('../workers/mutex-borrow.mjs', import.meta.url), {
      workerData: { handle: loan.handle, words },
    });
    /** @type {unknown} */
    let failure;
    worker.on('error', (error) => (failure = error));
    return { loan, worker, failure: () => failure };
  };

  /** Repairs the words if nobody else has done so. */
  const repair = () => {
    const guard = mutex.recover();
    if (guard === undefined) return;
    words[1] = /** @type {number} */ (words[0]);
    repaired++;
    guard.unlock();
  };

  const look = async () => {
    for (;;) {
      try {
        const guard = await mutex.lockAsync(PATIENCE);
        const [first, second] = words;
        guard.unlock();
        if (first !== second) throw new Error(`${first} and ${second} should be equal under the mutex`);
        return;
      } catch (error) {
        if (!(error instanceof OwnerDiedError)) throw error;
        repair();
      }
    }
  };

  const workers = Array.from({ length: WORKERS }, begin);
  return {
    async round() {
      const before = Atomics.load(words, 2);
      while (Atomics.load(words, 2) - before < 100 * random()) await look(); // the workers are at work
      const i = Math.floor(random() * WORKERS);
      const victim = /** @type {ReturnType<typeof begin>} */ (workers[i]);
      await victim.worker.terminate();
      killed++;
      if (victim.loan.revoke()) died++;
      if (victim.failure() !== undefined) throw victim.failure();
      await look();
      workers[i] = begin();
    },
    async stop() {
      for (const { worker, loan } of workers) {
        await worker.terminate();
        loan.revoke();
      }
      await look();
      if (mutex.isLocked) throw new Error('the mutex is locked when everybody has gone');
      return `${killed} workers ended, ${died} of them with the mutex, ${repaired} repairs by this thread`;
    },
  };
}
