// Whether this thread is a worker of a runtime. A module that defines tasks and also builds a
// runtime would, loaded by a worker, build one there, whose workers would build others.

import { NestedRuntimeError } from './errors.ts';

let isWorker = false;

/** Makes this thread a worker; before any module with tasks is loaded. */
export function markRuntimeWorker(): void {
  isWorker = true;
}

/**
 * Tells whether this thread is a worker of a runtime: false where the runtime is built.
 *
 * @example
 * ```ts
 * import { isRuntimeWorker } from '@concurrency-lab/runtime';
 *
 * if (!isRuntimeWorker()) {
 *   // what is to run once, although workers load this module too
 * }
 * isRuntimeWorker(); // => false
 * ```
 */
export function isRuntimeWorker(): boolean {
  return isWorker;
}

/**
 * Throws on a worker of a runtime, where none may be built.
 *
 * @throws {NestedRuntimeError} saying what to do instead
 */
export function requireNoRuntimeWorker(): void {
  if (isWorker) throw new NestedRuntimeError();
}
