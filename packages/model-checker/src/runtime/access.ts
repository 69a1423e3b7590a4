// Plain accesses to shared memory: elements, and what built-in functions read and write in
// bulk. The race detector sees them; the scheduler does not, since two that are in no order
// are found wherever they come (adr/0004).

import { elementOf } from '../engine/elements.ts';
import { isSharedView, type TypedArray } from '../engine/memory.ts';
import { noteAccess, PLAIN_WRITE } from '../engine/mutation.ts';
import { plainAccess } from '../engine/races.ts';
import { isRacy, racyRead, racyWrite } from '../engine/racy.ts';
import { fail, x } from '../engine/state.ts';
import { traceBulk, tracePlain } from '../engine/trace.ts';
import { checkBounds, checkRead } from '../engine/watch.ts';

function isIndex(view: TypedArray, key: unknown): key is number {
  return typeof key === 'number' && Number.isInteger(key) && key >= 0 && key < view.length && !Object.is(key, -0);
}

/** Gives the number that a key of a view stands for, as `'0'` does in a `for (const key in view)`; other keys as they are. */
function keyOf(given: string | number): string | number {
  return typeof given === 'string' && String(Number(given)) === given ? Number(given) : given;
}

/** Reads `o[k]`. */
export function get(object: unknown, given: PropertyKey, site: number): unknown {
  const thread = x.current;
  if (thread !== undefined && isSharedView(object) && typeof given !== 'symbol') {
    const view = object as TypedArray;
    const key = keyOf(given);
    thread.site = site;
    if (!isIndex(view, key)) {
      if (typeof key === 'number') checkBounds(view, key, false);
      return (view as unknown as Record<PropertyKey, unknown>)[key];
    }
    return readElement(view, key);
  }
  return (object as Record<PropertyKey, unknown>)[given];
}

/** Writes `o[k]`. */
export function set(object: unknown, given: PropertyKey, value: unknown, site: number): unknown {
  const thread = x.current;
  if (thread !== undefined) {
    if (isSharedView(object) && typeof given !== 'symbol') {
      const view = object as TypedArray;
      const key = keyOf(given);
      thread.site = site;
      if (isIndex(view, key)) write(view, key, value as number, site);
      else if (typeof key === 'number') checkBounds(view, key, true);
      else (view as unknown as Record<PropertyKey, unknown>)[key] = value;
      return value;
    }
    if (!Object.is((object as Record<PropertyKey, unknown>)[given], value)) thread.touches++;
  }
  (object as Record<PropertyKey, unknown>)[given] = value;
  return value;
}

/** Writes an element where the source says so; a mutant may let the write come later. */
function write(view: TypedArray, index: number, value: number, site: number): void {
  noteAccess(site, PLAIN_WRITE);
  const thread = x.current!;
  if (x.mutant?.site !== site || x.mutant.mutation !== 'delay') writeElement(view, index, value);
  else x.mutant.delayed.push({ thread: thread.id, write: () => writeElement(view, index, value) });
}

/** Reads an element of shared memory. */
export function readElement(view: TypedArray, index: number): number | bigint {
  const thread = x.current!;
  const size = view.BYTES_PER_ELEMENT;
  const offset = view.byteOffset + index * size;
  const buffer = view.buffer as SharedArrayBuffer;
  const key = x.memory.keyOf(buffer, offset, size);
  const cells = x.memory.cellsOf(buffer, size);
  checkRead(view, offset, size, key, cells);
  if (isRacy(buffer, offset, size)) return racyRead(thread, view, index, key);
  const value = view[index]!;
  // Before the race detector: the access that races belongs to the trace.
  if (x.trace !== undefined) tracePlain(thread, view, offset, false, value);
  plainAccess(thread, key, cells, false);
  thread.reads++;
  thread.readings.push({ view, index, value, key });
  return value;
}

/** Writes an element of shared memory. */
export function writeElement(view: TypedArray, index: number, value: number | bigint): void {
  const thread = x.current!;
  const size = view.BYTES_PER_ELEMENT;
  const offset = view.byteOffset + index * size;
  const buffer = view.buffer as SharedArrayBuffer;
  const key = x.memory.keyOf(buffer, offset, size);
  const cells = x.memory.cellsOf(buffer, size);
  if (isRacy(buffer, offset, size)) {
    racyWrite(thread, view, index, key, cells, value);
    return;
  }
  if (x.trace !== undefined) tracePlain(thread, view, offset, true, elementOf(view, value));
  plainAccess(thread, key, cells, true);
  view[index] = value as never;
  thread.writes++;
}

/** Notes a bulk access of bytes `from` to `to` of a view, which a built-in function is about to make. */
export function accessRange(view: ArrayBufferView, from: number, to: number, writes: boolean): void {
  const thread = x.current;
  if (thread === undefined || !isSharedView(view) || to <= from) return;
  const size = (view as Partial<TypedArray>).BYTES_PER_ELEMENT ?? 1;
  const { buffer } = view;
  if (x.trace !== undefined) traceBulk(thread, view, from, to, writes);
  for (let offset = from; offset < to; offset += size) {
    if (isRacy(buffer, offset, size)) fail('unsupported', 'a bulk access of memory that is declared racy');
    const key = x.memory.keyOf(buffer, offset, size);
    const cells = x.memory.cellsOf(buffer, size);
    if (!writes) checkRead(view, offset, size, key, cells);
    plainAccess(thread, key, cells, writes);
  }
  if (writes) thread.writes++;
  else thread.reads++;
}

/** Notes a bulk access of a whole view. */
export function accessAll(view: unknown, writes: boolean): void {
  if (isSharedView(view)) accessRange(view, view.byteOffset, view.byteOffset + view.byteLength, writes);
}
