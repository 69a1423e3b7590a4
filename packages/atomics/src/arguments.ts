// Checks of arguments at the boundary of a package. They exist because the platform lets
// bad numbers through: `Atomics.wait` takes a NaN timeout for "for ever", typed arrays take
// a fractional index for a property name.

import { InvalidArgumentError } from './errors.ts';

/**
 * Returns `value` if it is an integer from `least` to `most`, and throws otherwise.
 *
 * @param name - what the message calls the value
 * @throws {InvalidArgumentError} naming the value and the accepted range.
 *
 * @example
 * ```ts
 * import { requireInteger } from '@concurrency-lab/atomics';
 *
 * requireInteger('capacity', 1024, 1, 2 ** 30); // => 1024
 * requireInteger('capacity', NaN, 1, 2 ** 30); // throws 'capacity must be an integer from 1 to 1073741824, not NaN'
 * ```
 */
export function requireInteger(name: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw new InvalidArgumentError(`${name} must be an integer from ${least} to ${most}, not ${describe(value)}`);
}

/**
 * Returns a timeout in milliseconds, `Infinity` where none is given, and throws on a negative number or NaN.
 *
 * @throws {InvalidArgumentError} naming the value and what is accepted.
 *
 * @example
 * ```ts
 * import { requireTimeout } from '@concurrency-lab/atomics';
 *
 * requireTimeout(undefined); // => Infinity
 * requireTimeout(-1); // throws 'timeout must be a number of milliseconds from 0 to Infinity, not -1'
 * ```
 */
export function requireTimeout(value: unknown): number {
  if (value === undefined) return Infinity;
  if (typeof value === 'number' && value >= 0) return value;
  throw new InvalidArgumentError(`timeout must be a number of milliseconds from 0 to Infinity, not ${describe(value)}`);
}

/** Renders any value, briefly, for an error message. Never throws, whatever the value's own code does. */
export function describe(value: unknown): string {
  try {
    return rendered(value);
  } catch {
    return `a value of type ${typeof value}, which cannot be looked at`;
  }
}

function rendered(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`;
  if (typeof value === 'object' && value !== null) {
    return `an object of class ${Object.prototype.toString.call(value).slice(8, -1)}`;
  }
  return String(value);
}
