// Memory that the program declares racy: its plain accesses are no failures, but may do what
// the memory model allows. An Unordered read may see any write that happens-before does not
// hide from it: the newest ones, older ones, and writes that come later in this execution.
// Each possible value is a branch of its own. A read of a later write is a promise, which some
// later write must keep, or the execution does not count.

import type { TypedArray } from './memory.ts';
import { x, type RacyChoice } from './state.ts';
import { tracePlain } from './trace.ts';
import { MAX_THREADS, type Thread } from './thread.ts';

interface Write {
  readonly thread: number;
  readonly clock: number;
  readonly happensBefore: Int32Array;
  readonly value: number | bigint;
}

interface Read {
  readonly thread: number;
  readonly clock: number;
  readonly node: number;
}

interface Location {
  readonly writes: Write[];
  readonly reads: Read[];
}

interface Promised {
  readonly place: string;
  readonly value: number | bigint;
  readonly thread: number;
  readonly clock: number;
  isKept: boolean;
}

let epoch = -1;
const ranges: { readonly buffer: SharedArrayBuffer; readonly from: number; readonly to: number }[] = [];
const locations = new Map<string, Location>();
const promised: Promised[] = [];

function current(): void {
  if (epoch === x.memory.epoch) return;
  epoch = x.memory.epoch;
  ranges.length = 0;
  locations.clear();
  promised.length = 0;
}

/** Declares bytes racy for the rest of the execution. */
export function declareRacy(buffer: SharedArrayBuffer, from: number, to: number): void {
  current();
  ranges.push({ buffer, from, to });
}

/** Tells whether an access lies in racy memory. */
export function isRacy(buffer: SharedArrayBuffer, offset: number, size: number): boolean {
  if (ranges.length === 0 || epoch !== x.memory.epoch) return false;
  for (const range of ranges) if (range.buffer === buffer && offset < range.to && offset + size > range.from) return true;
  return false;
}

/** Tells whether every promise was kept: only then could the execution happen. */
export function arePromisesKept(): boolean {
  return epoch !== x.memory.epoch || promised.every(({ isKept }) => isKept);
}

function locationOf(view: TypedArray, index: number, key: number): { place: string; location: Location } {
  const place = `${key}:${view.BYTES_PER_ELEMENT}`;
  let location = locations.get(place);
  if (location === undefined) {
    const initial = { thread: -1, clock: 0, happensBefore: new Int32Array(MAX_THREADS), value: view[index]! };
    locations.set(place, (location = { writes: [initial], reads: [] }));
  }
  return { place, location };
}

/** Lists what a read may see, the newest first. */
function visible(writes: readonly Write[], now: Int32Array): (number | bigint)[] {
  const values: (number | bigint)[] = [];
  for (let i = writes.length - 1; i >= 0; i--) {
    const write = writes[i]!;
    const isHidden = writes.some(
      (later, j) =>
        j > i &&
        now[later.thread]! >= later.clock &&
        (write.thread < 0 || later.happensBefore[write.thread]! >= write.clock),
    );
    if (!isHidden && !values.includes(write.value)) values.push(write.value);
  }
  return values;
}

/** Reads racy memory: one branch for each value that the read may see. */
export function racyRead(thread: Thread, view: TypedArray, index: number, key: number, _cells: number): number | bigint {
  const { place, location } = locationOf(view, index, key);
  const now = thread.happensBefore;
  const node = x.nodes++;
  const values = visible(location.writes, now);
  let choices = node < x.prefix ? x.nodeValues[node] : undefined;
  if (choices === undefined) {
    choices = values.map((value): RacyChoice => ({ value, isLater: false }));
    x.nodeValues[node] = choices;
    x.nodeChosen[node] = Math.min(x.plannedValues?.[node] ?? 0, choices.length - 1);
    x.nodeSleep[node] = x.sleep;
    x.nodeEnabled[node] = 0;
    x.nodeBacktrack[node] = 0;
  }
  const { value, isLater } = choices[x.nodeChosen[node]!]!;
  const clock = now[thread.id]!;
  if (isLater) promised.push({ place, value, thread: thread.id, clock, isKept: false });
  location.reads.push({ thread: thread.id, clock, node });
  // What the thread does from here on can be told from what it did before the read.
  now[thread.id]!++;
  thread.reads++;
  thread.readings.push({ view, index, value, key });
  if (x.trace !== undefined) {
    const note = isLater ? ', from a later write' : value === values[0] ? '' : ', stale';
    tracePlain(thread, view, view.byteOffset + index * view.BYTES_PER_ELEMENT, false, value, note);
  }
  return value;
}

/** Writes racy memory, and offers the value to the reads that come before it in no order. */
export function racyWrite(
  thread: Thread,
  view: TypedArray,
  index: number,
  key: number,
  _cells: number,
  value: number | bigint,
): void {
  const { place, location } = locationOf(view, index, key);
  const now = thread.happensBefore;
  view[index] = value as never;
  const written = view[index]!;
  for (const read of location.reads) {
    if (read.thread === thread.id || now[read.thread]! >= read.clock) continue;
    const choices = x.nodeValues[read.node]!;
    if (!choices.some((choice) => choice.value === written)) choices.push({ value: written, isLater: true });
  }
  for (const promise of promised) {
    if (promise.place === place && promise.thread !== thread.id && promise.value === written && now[promise.thread]! < promise.clock)
      promise.isKept = true;
  }
  location.writes.push({ thread: thread.id, clock: now[thread.id]!, happensBefore: now.slice(), value: written });
  now[thread.id]!++;
  thread.writes++;
  if (x.trace !== undefined)
    tracePlain(thread, view, view.byteOffset + index * view.BYTES_PER_ELEMENT, true, written);
}
