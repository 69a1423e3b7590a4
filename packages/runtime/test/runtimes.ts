// Runtimes for tests: their workers load the built package, whatever vitest was started with.

import { Runtime, type RuntimeBuilder } from '../src/index.ts';

/** Begins to describe a runtime. */
export function builder(workers = 2): RuntimeBuilder {
  return Runtime.builder().workerThreads(workers).workerOptions({ execArgv: [] });
}

/** Gives the error that a promise rejects with. */
export async function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the promise was fulfilled');
}
