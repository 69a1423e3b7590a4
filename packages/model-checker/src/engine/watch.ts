// What a model may be told to watch: regions that must be written before they are read, and
// in bounds; things that must be given back before the end.

import { isSharedView, type TypedArray } from './memory.ts';
import { fail, x } from './state.ts';

/** A stretch of shared memory that is watched. */
export interface Region {
  readonly buffer: SharedArrayBuffer;
  readonly from: number;
  readonly to: number;
  readonly name: string;
  /** A read of a byte that nobody has written is a failure. */
  readonly initialised: boolean;
  /** A read of an element outside its view is a failure. */
  readonly bounds: boolean;
  /** The words must hold this at the end; undefined where that does not matter. */
  readonly atEnd: number | bigint | undefined;
  readonly view: TypedArray;
}

let epoch = -1;
const regions: Region[] = [];
const held: { readonly name: string; readonly site: number; readonly thread: number }[] = [];

function current(): void {
  if (epoch === x.memory.epoch) return;
  epoch = x.memory.epoch;
  regions.length = 0;
  held.length = 0;
}

/** Watches a region for the rest of the execution. */
export function watchRegion(region: Region): void {
  current();
  regions.push(region);
}

/** Notes that something is held; returns what gives it back. */
export function holdUntilReleased(name: string, site: number): () => void {
  current();
  const entry = { name, site, thread: x.current?.id ?? 0 };
  held.push(entry);
  return () => {
    const at = held.indexOf(entry);
    if (at >= 0) held.splice(at, 1);
  };
}

/** Checks a read against the watched regions. */
export function checkRead(
  view: ArrayBufferView,
  byteOffset: number,
  byteLength: number,
  key: number,
  cells: number,
): void {
  if (regions.length === 0 || epoch !== x.memory.epoch) return;
  for (const region of regions) {
    if (region.buffer !== view.buffer || byteOffset + byteLength <= region.from || byteOffset >= region.to) continue;
    if (!region.initialised) continue;
    for (let k = key; k < key + cells; k++) {
      if (!x.memory.cell(k).isWritten) fail('uninitialised-read', `reads ${region.name}, which nobody has written`);
    }
  }
}

/** Checks an access at an index outside of its view. */
export function checkBounds(view: unknown, index: unknown, writes: boolean): void {
  if (epoch !== x.memory.epoch || !isSharedView(view)) return;
  for (const region of regions) {
    if (!region.bounds || region.buffer !== view.buffer) continue;
    if (view.byteOffset >= region.to || view.byteOffset + view.byteLength <= region.from) continue;
    const { length } = view as TypedArray;
    fail(
      'out-of-bounds',
      `${writes ? 'writes' : 'reads'} index ${String(index)} of ${region.name}, which has ${length} elements`,
    );
  }
}

/** Fails where something is still held when all threads have ended. */
export function checkReleased(): void {
  if (epoch !== x.memory.epoch) return;
  for (const { name, site, thread } of held) fail('leak', `${name} is still held at the end`, { site, thread });
  for (const { view, atEnd, name } of regions) {
    if (atEnd === undefined) continue;
    const at = view.findIndex((value: number | bigint) => value !== atEnd);
    if (at >= 0)
      fail('leak', `${name} holds ${String(view[at])} at index ${at} at the end, not ${String(atEnd)}`, { site: -1 });
  }
}
