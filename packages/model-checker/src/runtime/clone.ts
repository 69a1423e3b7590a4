// structuredClone inside a model: as postMessage between its threads would copy. The engine's
// own makes a new object for a SharedArrayBuffer, over the same memory; here it stays the same
// object, by which the checker knows the memory.

/** Copies a value as a message to another thread would be. */
export function clone(value: unknown, seen: Map<unknown, unknown> = new Map()): unknown {
  if (typeof value !== 'object' || value === null) return structuredClone(value);
  if (seen.has(value)) return seen.get(value);
  if (value instanceof SharedArrayBuffer) return value;
  if (ArrayBuffer.isView(value) && value.buffer instanceof SharedArrayBuffer) {
    const Kind = value.constructor as new (buffer: SharedArrayBuffer, offset: number, length: number) => unknown;
    const { length = value.byteLength } = value as { length?: number };
    return new Kind(value.buffer, value.byteOffset, length);
  }
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const item of value as unknown[]) copy.push(clone(item, seen));
    return copy;
  }
  if (prototype === Object.prototype || prototype === null) {
    const copy: Record<string, unknown> = {};
    seen.set(value, copy);
    for (const [key, item] of Object.entries(value)) copy[key] = clone(item, seen);
    return copy;
  }
  return structuredClone(value);
}
