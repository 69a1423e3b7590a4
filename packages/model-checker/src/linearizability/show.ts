// Values as text: for reports, and to tell whether two are equal. Two values are taken for
// equal when they read the same, so the text shows everything that may matter: `-0` and `0`,
// `1` and `1n`, `undefined` and a missing element differ.

import { isSharedView } from '../engine/memory.ts';

const LARGEST_DEPTH = 8;

/** Shows a value as text; equal values, and only those, read the same. */
export function show(value: unknown, depth = 0): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return `function ${value.name}`;
    case 'object':
      return value === null ? 'null' : depth > LARGEST_DEPTH ? '…' : showObject(value, depth + 1);
    case 'boolean':
    case 'symbol':
    case 'undefined':
    default:
      return String(value);
  }
}

function showObject(value: object, depth: number): string {
  const list = (items: Iterable<unknown>): string => Array.from(items, (item) => show(item, depth)).join(', ');
  // A hole is no element; `Array.from` of the list would make it one.
  if (Array.isArray(value))
    return `[${Array.from(value, (item, i) => (i in value ? show(item, depth) : '')).join(', ')}]`;
  if (value instanceof Error) return nameOf(value);
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor.name ?? 'null';
  if (value instanceof Set) return `${name}{${list(value)}}`;
  if (value instanceof Map) {
    return `${name}{${Array.from(value, ([key, item]) => `${show(key, depth)} => ${show(item, depth)}`).join(', ')}}`;
  }
  if (value instanceof SharedArrayBuffer) return `${name}(${value.byteLength})`;
  // What shared memory holds is not the result's to tell: it may have changed by now.
  if (isSharedView(value)) return `${name} of shared memory`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `${name}[${list(value as Uint8Array)}]`;
  const fields = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${key}: ${show(item, depth)}`);
  return `${name === 'Object' ? '' : name}{${fields.join(', ')}}`;
}

/** Names an error by its code, or by its name where it has none. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return show(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Shows a call: `push(1)`. */
export function showCall(name: string, args: readonly unknown[]): string {
  return `${name}(${args.map((arg) => show(arg)).join(', ')})`;
}
