// Real worker threads for tests. A worker is a plain module that imports the built package
// by its name, as a user's would.

import { Worker } from 'node:worker_threads';

/** Starts `test/workers/<name>.mjs`; resolves with the one message it posts. */
export function startWorker<T>(
  name: string,
  workerData: unknown,
): { readonly worker: Worker; readonly result: Promise<T> } {
  const worker = new Worker(new URL(`workers/${name}.mjs`, import.meta.url), {
    workerData,
    execArgv: [], // vitest's own would have it load the sources
  });
  const result = new Promise<T>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`worker ${name} exited with code ${code} before it answered`)));
  });
  return { worker, result };
}
