// What a model imports from this package inside a worker of a certificate: all of it, but
// `spawn` may stand for a real thread, and what only the checker understands does nothing
// while real threads run.

import { x } from '../engine/state.ts';
import * as memory from '../memory-api.ts';
import { spawn as spawnInModel, type ModelThread, type SpawnOptions } from '../threads.ts';

export * from '../index.ts';

type Spawn = (fn: () => unknown, options: SpawnOptions) => ModelThread<unknown> | undefined;

/** What `spawn` does instead; undefined to let the checker do it. */
export const threads: { spawn: Spawn } = { spawn: () => undefined };

/** Spawns a thread of the checker, or a real one. */
export function spawn(fn: () => unknown, options: SpawnOptions = {}): ModelThread<unknown> {
  return threads.spawn(fn, options) ?? spawnInModel(fn, options);
}

export const label: typeof memory.label = (...args) => void (x.current !== undefined && memory.label(...args));
export const racy: typeof memory.racy = (...args) => void (x.current !== undefined && memory.racy(...args));
export const watch: typeof memory.watch = (...args) => void (x.current !== undefined && memory.watch(...args));
export const hold: typeof memory.hold = (name) =>
  x.current === undefined ? { release() {}, [Symbol.dispose]() {} } : memory.hold(name);
