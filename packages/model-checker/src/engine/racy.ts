// Memory that the program declares racy: its plain accesses are no failures, but may do what
// the memory model allows. An Unordered read may see any write that happens-before does not
// hide from it: the newest ones, older ones, and writes that come later in this execution.
// Each possible value is a branch of its own. A read of a later write is a promise, which some
// later write must keep, or the execution does not count.
//
// Elements that may tear (floats, 64-bit integers, clamped bytes) are read byte by byte.
// Atomics on racy memory see the newest atomic write, with which they synchronise, or a plain
// one. One reading of the specification is left out: by its letter a read may take some bytes
// from the zeroed block and others from a write, even where neither tears.
//
// Source: ECMA-262, "Coherent Reads", "Tear Free Reads", "Sequentially Consistent Atomics".

import type { TypedArray } from './memory.ts';
import { fail, x, type RacyChoice } from './state.ts';
import { MAX_THREADS, type Thread } from './thread.ts';
import { join } from './steps.ts';
import { tracePlain } from './trace.ts';

interface Write {
  readonly thread: number;
  readonly clock: number;
  readonly happensBefore: Int32Array;
  /** The bytes, as an unsigned number. */
  readonly bits: number | bigint;
  readonly isAtomic: boolean;
}

interface Read {
  readonly thread: number;
  readonly clock: number;
  readonly node: number;
  readonly isAtomic: boolean;
}

/** Bytes that are read and written as one. */
interface Location {
  readonly from: number;
  readonly size: number;
  /** In the order of the execution, which for atomic ones is the memory order. */
  readonly writes: Write[];
  readonly reads: Read[];
}

interface Promised extends Read {
  readonly location: Location;
  readonly bits: number | bigint;
  isKept: boolean;
}

/** How many racy reads an execution may have: the tree of choices has a node for each. */
const MOST_READS = 6000;
/** More than the bytes of any buffer: tells the addresses of different buffers apart. */
const BUFFER_STRIDE = 2 ** 40;

let epoch = -1;
const ranges: { readonly buffer: SharedArrayBuffer; readonly from: number; readonly to: number }[] = [];
/** By each of their bytes. */
const locations = new Map<number, Location>();
const promised: Promised[] = [];
let readCount = 0;

function current(): void {
  if (epoch === x.memory.epoch) return;
  epoch = x.memory.epoch;
  ranges.length = 0;
  locations.clear();
  promised.length = 0;
  readCount = 0;
}

/** Declares bytes racy for the rest of the execution. */
export function declareRacy(buffer: SharedArrayBuffer, from: number, to: number): void {
  current();
  ranges.push({ buffer, from, to });
}

/** Tells whether an access lies in racy memory. */
export function isRacy(buffer: SharedArrayBuffer, offset: number, size: number): boolean {
  if (ranges.length === 0 || epoch !== x.memory.epoch) return false;
  for (const range of ranges)
    if (range.buffer === buffer && offset < range.to && offset + size > range.from) return true;
  return false;
}

/** Tells whether every promise was kept: only then could the execution happen. */
export function arePromisesKept(): boolean {
  return epoch !== x.memory.epoch || promised.every(({ isKept }) => isKept);
}

/** Gives what a schedule says of a node: who was chosen, which value was, or, below 0, the bytes of a later write. */
export function plannedAt(node: number): number {
  const chosen = x.nodeChosen[node]!;
  const choice = x.nodeValues[node]?.[chosen];
  return choice?.isLater === true ? -1 - Number(choice.bits) : chosen;
}

function mayTear(view: TypedArray): boolean {
  return view.BYTES_PER_ELEMENT === 8 || view instanceof Float32Array || view instanceof Uint8ClampedArray;
}

const scratch = new DataView(new ArrayBuffer(8));

function bitsOf(buffer: SharedArrayBuffer, from: number, size: number): number | bigint {
  const bytes = new DataView(buffer);
  if (size === 1) return bytes.getUint8(from);
  if (size === 2) return bytes.getUint16(from, true);
  return size === 4 ? bytes.getUint32(from, true) : bytes.getBigUint64(from, true);
}

/** Converts bytes to an element of the view's kind. */
function elementOf(view: TypedArray, bits: number | bigint): number | bigint {
  scratch.setBigUint64(0, BigInt(bits), true);
  const Kind = view.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray;
  return new Kind(scratch.buffer, 0, 1)[0]!;
}

function locationOf(view: TypedArray, from: number, size: number): Location {
  const buffer = view.buffer as SharedArrayBuffer;
  const base = x.memory.orderOf(buffer) * BUFFER_STRIDE + from;
  const known = locations.get(base);
  if (known?.from === from && known.size === size) return known;
  for (let byte = 0; byte < size; byte++) {
    if (locations.has(base + byte)) {
      fail(
        'unsupported',
        'racy memory that is accessed by elements of different sizes, or by 64-bit atomics and plain accesses',
      );
    }
  }
  const initial = {
    thread: -1,
    clock: 0,
    happensBefore: new Int32Array(MAX_THREADS),
    bits: bitsOf(buffer, from, size),
    isAtomic: false,
  };
  const location: Location = { from, size, writes: [initial], reads: [] };
  for (let byte = 0; byte < size; byte++) locations.set(base + byte, location);
  return location;
}

/** Tells whether a read by a thread with clock `now` can no longer see the write number `i`. */
function isHidden(writes: readonly Write[], i: number, now: Int32Array, isAtomic: boolean): boolean {
  const write = writes[i]!;
  const isBefore = write.thread < 0 || now[write.thread]! >= write.clock;
  for (let j = i + 1; j < writes.length; j++) {
    const later = writes[j]!;
    const comesAfter = write.thread < 0 || later.happensBefore[write.thread]! >= write.clock;
    const isSeen = now[later.thread]! >= later.clock;
    // Coherent reads.
    if (comesAfter && isSeen) return true;
    if (!later.isAtomic) continue;
    // An atomic read sees no atomic write but the newest.
    if (isAtomic && write.isAtomic) return true;
    // Of two atomic writes that happened before it, an Unordered read sees the later one.
    if (write.isAtomic && isBefore && isSeen) return true;
    // Nor does an atomic read see a plain write behind an atomic one.
    if (isAtomic && isBefore && comesAfter) return true;
  }
  return false;
}

/** Lists what a read may see, the newest first. */
function visible(writes: readonly Write[], now: Int32Array, isAtomic: boolean): RacyChoice[] {
  const choices: RacyChoice[] = [];
  for (let i = writes.length - 1; i >= 0; i--) {
    if (isHidden(writes, i, now, isAtomic)) continue;
    const { bits } = writes[i]!;
    const synchronises = isAtomic && writes[i]!.isAtomic;
    if (!choices.some((choice) => choice.bits === bits && choice.synchronises === synchronises)) {
      choices.push({ bits, isLater: false, synchronises });
    }
  }
  return choices;
}

/** What a read was told, and which of its choices that is. */
interface Chosen {
  readonly bits: number | bigint;
  readonly note: string;
}

/** Reads a location: one branch for each value that the read may see. */
function choose(thread: Thread, location: Location, isAtomic: boolean): Chosen {
  if (++readCount > MOST_READS) fail('unsupported', `more than ${MOST_READS} reads of racy memory in one execution`);
  const now = thread.happensBefore;
  const node = x.nodes++;
  let choices = node < x.prefix ? x.nodeValues[node] : undefined;
  if (choices === undefined) {
    choices = visible(location.writes, now, isAtomic);
    x.nodeValues[node] = choices;
    x.nodeChosen[node] = plan(choices, x.plannedValues?.[node] ?? 0);
    x.nodeSleep[node] = x.sleep;
    x.nodeEnabled[node] = 0;
    x.nodeBacktrack[node] = 0;
  }
  const at = x.nodeChosen[node]!;
  const { bits, isLater, synchronises } = choices[at]!;
  const read: Read = { thread: thread.id, clock: now[thread.id]!, node, isAtomic };
  if (isLater) promised.push({ ...read, location, bits, isKept: false });
  location.reads.push(read);
  // What the thread does from here on can be told from what it did before the read.
  now[thread.id]!++;
  if (synchronises) join(now, location.writes.findLast((write) => write.isAtomic)!.happensBefore);
  return { bits, note: isLater ? ', from a later write' : at > 0 ? ', stale' : '' };
}

function plan(choices: RacyChoice[], planned: number): number {
  if (planned >= 0) return Math.min(planned, choices.length - 1);
  return choices.push({ bits: -1 - planned, isLater: true, synchronises: false }) - 1;
}

/** Notes a write, and offers it to the reads that come before it in no order. */
function addWrite(thread: Thread, location: Location, bits: number | bigint, isAtomic: boolean): void {
  const now = thread.happensBefore;
  const isEarlier = (read: Read): boolean =>
    read.thread !== thread.id && now[read.thread]! < read.clock && !(isAtomic && read.isAtomic);
  for (const read of location.reads) {
    const choices = x.nodeValues[read.node]!;
    if (!isEarlier(read) || choices.some((choice) => choice.bits === bits && !choice.synchronises)) continue;
    choices.push({ bits, isLater: true, synchronises: false });
  }
  for (const promise of promised) {
    if (promise.location === location && promise.bits === bits && isEarlier(promise)) promise.isKept = true;
  }
  location.writes.push({ thread: thread.id, clock: now[thread.id]!, happensBefore: now.slice(), bits, isAtomic });
  now[thread.id]!++;
}

/** Reads an element of racy memory. */
export function racyRead(thread: Thread, view: TypedArray, index: number, key: number): number | bigint {
  const size = view.BYTES_PER_ELEMENT;
  const offset = view.byteOffset + index * size;
  let value: number | bigint;
  let note = '';
  if (mayTear(view)) {
    let bits = 0n;
    for (let byte = 0; byte < size; byte++) {
      const chosen = choose(thread, locationOf(view, offset + byte, 1), false);
      bits |= BigInt(chosen.bits) << BigInt(8 * byte);
      if (note === '') ({ note } = chosen);
    }
    value = elementOf(view, bits);
  } else {
    const chosen = choose(thread, locationOf(view, offset, size), false);
    value = elementOf(view, chosen.bits);
    ({ note } = chosen);
  }
  thread.reads++;
  thread.readings.push({ view, index, value, key });
  if (x.trace !== undefined) tracePlain(thread, view, offset, false, value, note);
  return value;
}

/** Writes an element of racy memory. */
export function racyWrite(
  thread: Thread,
  view: TypedArray,
  index: number,
  key: number,
  cells: number,
  value: number | bigint,
): void {
  const size = view.BYTES_PER_ELEMENT;
  const offset = view.byteOffset + index * size;
  const part = mayTear(view) ? 1 : size;
  // Before the write: a location begins with what memory holds.
  const written = Array.from({ length: size / part }, (_, i) => locationOf(view, offset + i * part, part));
  view[index] = value as never;
  for (const location of written) {
    addWrite(thread, location, bitsOf(view.buffer as SharedArrayBuffer, location.from, part), false);
  }
  for (let k = key; k < key + cells; k++) x.memory.cell(k).isWritten = true;
  thread.writes++;
  if (x.trace !== undefined) tracePlain(thread, view, offset, true, view[index]);
}

/** Tells whether the atomic operation that a thread proposed is one on racy memory. */
export function isRacyAtomic(thread: Thread): boolean {
  if (ranges.length === 0) return false;
  const view = thread.view!;
  const size = view.BYTES_PER_ELEMENT;
  return isRacy(view.buffer as SharedArrayBuffer, view.byteOffset + thread.index * size, size);
}

/** Reads what an atomic operation on racy memory sees. */
export function racyAtomicRead(thread: Thread): number | bigint {
  const view = thread.view!;
  const size = view.BYTES_PER_ELEMENT;
  return elementOf(view, choose(thread, locationOf(view, view.byteOffset + thread.index * size, size), true).bits);
}

/** Makes the location of an atomic write to racy memory known before the write. */
export function racyAtomicLocation(thread: Thread): Location {
  const view = thread.view!;
  const size = view.BYTES_PER_ELEMENT;
  return locationOf(view, view.byteOffset + thread.index * size, size);
}

/** Notes an atomic write to racy memory, which has been done. */
export function racyAtomicWrite(thread: Thread, location: Location): void {
  addWrite(thread, location, bitsOf(thread.view!.buffer as SharedArrayBuffer, location.from, location.size), true);
  for (let k = thread.key; k < thread.key + thread.cells; k++) x.memory.cell(k).isWritten = true;
}
