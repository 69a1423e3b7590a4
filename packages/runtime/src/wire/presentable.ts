// What is left of a failure that cannot be sent as it is. A failure should not get lost because
// one of its properties is a function: the rest is sent.

import { describe } from '@concurrency-lab/atomics';

/** Tells whether a value can be sent. */
export type CanSend = (value: unknown) => boolean;

/** So many causes are followed. */
const MOST_CAUSES = 16;

/** Gives what can be sent of something that was thrown: an error without what cannot be, or one that says what it was. */
export function presentable(reason: unknown, canSend: CanSend, left: number = MOST_CAUSES): unknown {
  if (canSend(reason)) return reason;
  if (!(reason instanceof Error)) {
    return new TypeError(`${describe(reason)} was thrown, which cannot be sent to another thread`);
  }
  const { name, message, stack } = reason as Partial<Record<'name' | 'message' | 'stack', unknown>>;
  const copy = new Error(String(message));
  Object.setPrototypeOf(copy, Object.getPrototypeOf(reason) as object | null);
  hide(copy, 'name', String(name));
  hide(copy, 'stack', String(stack));
  for (const [key, value] of Object.entries(reason)) {
    if (canSend(value)) Object.defineProperty(copy, key, { value, enumerable: true, configurable: true });
  }
  if (left === 0) return copy;
  if (Object.hasOwn(reason, 'cause')) hide(copy, 'cause', presentable(reason.cause, canSend, left - 1));
  const { errors } = reason as { errors?: unknown };
  if (Array.isArray(errors)) {
    const kept = errors.map((error) => presentable(error, canSend, left - 1));
    hide(copy, 'errors', kept);
  }
  return copy;
}

function hide(copy: Error, key: string, value: unknown): void {
  Object.defineProperty(copy, key, { value, enumerable: false, configurable: true, writable: true });
}
