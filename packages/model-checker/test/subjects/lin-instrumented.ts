import { TWIN } from '../../dist/runtime/twins.js';

/** Tells whether a function came through the plugin. */
export function isInstrumented(fn: unknown): boolean {
  return typeof fn === 'function' && TWIN in fn;
}
