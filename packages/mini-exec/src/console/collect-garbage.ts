// Garbage collection on demand: what tells a waker that is still held from one that was lost.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collector = () => void;

/** Collects garbage, if the runtime lets it; tells whether. Takes as long as a full collection of the heap. */
export function collectGarbage(): boolean {
  const collector = findCollector();
  collector?.();
  return collector !== undefined;
}

function findCollector(): Collector | undefined {
  const { Bun, gc } = globalThis as { Bun?: { gc(sync: boolean): void }; gc?: Collector };
  if (Bun !== undefined) return () => Bun.gc(true);
  if (typeof gc === 'function') return gc;
  try {
    // The flag takes effect in contexts that are made after it.
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext('globalThis.gc');
    return typeof found === 'function' ? (found as Collector) : undefined;
  } catch {
    return undefined;
  }
}
