// Marks of what is to be moved to another thread instead of copied. A mark is kept beside the
// value, so that a task's arguments and result keep their types.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';

const marks = new WeakMap<object, readonly object[]>();
let isUsed = false;

/**
 * Marks what is to be moved to the other thread rather than copied, when `value` is given to a task
 * as an argument, or returned by one as its result. What was moved can no longer be used here.
 *
 * Moves at the time of the spawn, or at the end of the task. Only marks of whole arguments and
 * results count, not of what is within them: `transfer({ image }, [image.buffer])`.
 *
 * @param objects - an `ArrayBuffer`, a `MessagePort`, or whatever else the platform can transfer
 * @returns the value
 * @throws {InvalidArgumentError} on a value that is no object, or a list that is no list of objects
 *
 * @example
 * ```ts
 * import { task, transfer } from '@concurrency-lab/runtime';
 *
 * export const invert = task(import.meta, 'invert', (pixels: Uint8Array<ArrayBuffer>) => {
 *   for (let i = 0; i < pixels.length; i++) pixels[i] = 255 - pixels[i]!;
 *   return transfer(pixels, [pixels.buffer]);
 * });
 * invert(new Uint8Array([0, 255])); // => new Uint8Array([255, 0])
 * ```
 */
export function transfer<T extends object>(value: T, objects: readonly object[]): T {
  if (typeof value !== 'object' || value === null) {
    throw new InvalidArgumentError(`only an object can be marked for transfer, not ${describe(value)}`);
  }
  if (!Array.isArray(objects)) {
    throw new InvalidArgumentError(`what to transfer must be a list of objects, not ${describe(objects)}`);
  }
  const wrong = objects.findIndex((object) => typeof object !== 'object' || object === null);
  if (wrong !== -1) {
    throw new InvalidArgumentError(
      `what to transfer must be a list of objects, not ${describe(objects[wrong])} at ${wrong}`,
    );
  }
  isUsed = true;
  marks.set(value, [...(objects as object[])]);
  return value;
}

/** Lists what is to be moved with these values; undefined where nothing is. */
export function markedIn(values: readonly unknown[]): Set<object> | undefined {
  if (!isUsed) return undefined;
  let found: Set<object> | undefined;
  for (const value of values) {
    const objects = typeof value === 'object' && value !== null ? marks.get(value) : undefined;
    if (objects !== undefined) found = new Set([...(found ?? []), ...objects]);
  }
  return found;
}
