// Real worker threads for tests. A worker is a plain module that imports the built package
// by its name, as a user's would.

import { Worker } from 'node:worker_threads';

/** Is a worker that was started, and the one message that it is to post. */
export interface Started<T> {
  readonly worker: Worker;
  readonly result: Promise<T>;
}

/** Makes the function that starts `workers/<name>.mjs` beside a test file, whose URL it is given. */
export function workersBeside(testUrl: string): <T>(name: string, workerData: unknown) => Started<T> {
  return <T>(name: string, workerData: unknown): Started<T> => {
    const worker = new Worker(new URL(`workers/${name}.mjs`, testUrl), {
      workerData,
      execArgv: [], // vitest's own would have it load the sources
    });
    const result = new Promise<T>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`worker ${name} exited with code ${code} before it answered`)));
    });
    return { worker, result };
  };
}
