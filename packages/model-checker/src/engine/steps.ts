// The steps of an execution and the order among them. A step gets a vector clock that joins
// those of the steps it depends on: same thread, same memory with a write among the two, same
// list of waiters. Two steps that depend on each other, with nothing in between that forces
// their order, are a race in the sense of partial-order reduction: the other order must be
// explored too (reduction.ts).

import { elementOf, resultOf } from './elements.ts';
import {
  COMPARE_EXCHANGE,
  INVOKE,
  LOAD,
  NOTIFY,
  RESPOND,
  STORE,
  TERMINATE,
  TIMEOUT,
  UPDATE,
  WAIT,
  WAIT_ASYNC,
} from './kinds.ts';
import { MAX_STEPS, x } from './state.ts';
import { MAX_THREADS, READY, type Thread } from './thread.ts';

/** Neither reads nor writes the list of waiters. */
export const NO_LIST = 0;
/** Finds nobody in the list of waiters: independent of others that do. */
export const LIST_READ = 1;
/** Changes the list of waiters, or may. */
export const LIST_CHANGE = 2;

const candidates = new Int32Array(MAX_STEPS);
const clock = new Int32Array(MAX_THREADS);

/** Joins clock `b` into clock `a`. */
export function join(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < MAX_THREADS; i++) if (b[i]! > a[i]!) a[i] = b[i]!;
}

/**
 * Records a step of a thread on the cells of `key`.
 *
 * @param writes - whether it wrote memory; a read of it otherwise, unless `cells` is 0
 */
export function record(
  thread: Thread,
  kind: number,
  key: number,
  cells: number,
  writes: boolean,
  list: number,
  extraKey = 0,
): void {
  const n = begin(thread, kind, key, cells, writes, list);
  let count = 0;
  for (let k = key; k < key + cells; k++) count = touch(k, n, writes, count);
  // A second location: the life of a thread, the tasks of an event loop.
  if (extraKey !== 0) count = touch(extraKey, n, true, count);
  if (list !== NO_LIST) {
    const cell = x.memory.cell(key);
    if (list === LIST_CHANGE)
      for (let i = cell.listReaders.length - 1; i >= 0; i--) candidates[count++] = cell.listReaders[i]!;
    if (cell.lastListChange >= 0) candidates[count++] = cell.lastListChange;
    if (list === LIST_CHANGE) {
      cell.lastListChange = n;
      cell.listReaders.length = 0;
    } else cell.listReaders.push(n);
  }
  order(n, thread, count);
  if (x.sleep !== 0 && x.unsuspendable === 0) wakeSleeping(n, extraKey);
}

/** Adds a step, in no order yet. */
function begin(thread: Thread, kind: number, key: number, cells: number, writes: boolean, list: number): number {
  const n = x.depth++;
  thread.steps++;
  // Of a round, only the first step was awaited.
  x.stepAwaiting[n] = thread.awaits ? thread.awaiting : undefined;
  thread.awaits = false;
  x.stepThread[n] = thread.id;
  x.stepIndex[n] = thread.steps;
  x.stepKind[n] = kind;
  x.stepKey[n] = key;
  x.stepCells[n] = cells;
  x.stepWrites[n] = writes ? 1 : 0;
  x.stepList[n] = list;
  x.stepNode[n] = x.unsuspendable > 0 ? -1 : x.nodes - 1;
  return n;
}

function touch(key: number, n: number, writes: boolean, found: number): number {
  const cell = x.memory.cell(key);
  let count = found;
  if (writes) for (let i = cell.readers.length - 1; i >= 0; i--) candidates[count++] = cell.readers[i]!;
  if (cell.lastWrite >= 0) candidates[count++] = cell.lastWrite;
  if (writes) {
    cell.lastWrite = n;
    cell.readers.length = 0;
  } else cell.readers.push(n);
  return count;
}

/** Computes the clock of step n from the steps it depends on, and notes those it races with. */
function order(n: number, thread: Thread, count: number): void {
  const { id, dependency } = thread;
  // Latest first: what a later one comes after is no race of its own.
  for (let i = 1; i < count; i++) {
    const candidate = candidates[i]!;
    let j = i - 1;
    while (j >= 0 && candidates[j]! < candidate) {
      candidates[j + 1] = candidates[j]!;
      j--;
    }
    candidates[j + 1] = candidate;
  }
  // Loops, not `set`: eight numbers are copied faster one by one.
  for (let t = 0; t < MAX_THREADS; t++) clock[t] = dependency[t]!;
  if (thread.isWoken) {
    join(clock, thread.wokenBy);
    thread.isWoken = false;
  }
  const isNew = x.usesReduction && x.nodes >= x.prefix;
  const { stepThread, stepIndex, stepClock } = x;
  for (let i = 0; i < count; i++) {
    const e = candidates[i]!;
    if (isNew && stepThread[e] !== id && clock[stepThread[e]!]! < stepIndex[e]!) {
      x.raceFirst.push(e);
      x.raceSecond.push(n);
    }
    const base = e * MAX_THREADS;
    for (let t = 0; t < MAX_THREADS; t++) if (stepClock[base + t]! > clock[t]!) clock[t] = stepClock[base + t]!;
  }
  clock[id] = thread.steps;
  const base = n * MAX_THREADS;
  for (let t = 0; t < MAX_THREADS; t++) dependency[t] = stepClock[base + t] = clock[t]!;
}

/** Takes out of the sleep set whoever is about to do something that depends on step n, which was just taken. */
function wakeSleeping(n: number, extraKey: number): void {
  let sleep = x.sleep & ~(1 << x.stepThread[n]!);
  for (let t = 0; t < x.threads.length; t++) {
    if ((sleep & (1 << t)) === 0) continue;
    const other = x.threads[t]!;
    if (other.status !== READY || dependsOn(other, n, extraKey)) sleep &= ~(1 << t);
  }
  x.sleep = sleep;
}

/** Tells whether what a thread is about to do depends on step n. */
function dependsOn(other: Thread, n: number, extraKey: number): boolean {
  const kind = x.stepKind[n]!;
  const key = x.stepKey[n]!;
  const cells = x.stepCells[n]!;
  // What ends a thread's life depends on all that it does.
  if (extraKey !== 0 && (other.lifeKey === extraKey || other.key === extraKey)) return true;
  if (kind === TERMINATE && other.lifeKey === key) return true;
  if (kind === INVOKE || kind === RESPOND) return other.kind === opposite(kind);
  const overlaps = other.cells > 0 && key < other.key + other.cells && other.key < key + Math.max(cells, 1);
  if (!overlaps) return false;
  const touchesMemory = cells > 0;
  const writes = x.stepWrites[n] === 1;
  const list = x.stepList[n]!;
  switch (other.kind) {
    case LOAD:
      return touchesMemory && writes;
    case STORE:
      return touchesMemory;
    case UPDATE:
    case COMPARE_EXCHANGE:
      // One that would change nothing only reads.
      return touchesMemory && (writes || wouldWrite(other));
    case WAIT:
    case WAIT_ASYNC:
      return writes || list !== NO_LIST;
    case TIMEOUT:
      return list !== NO_LIST;
    case NOTIFY:
      return list === LIST_CHANGE;
    default:
      return true;
  }
}

/** Tells whether the update or compareExchange of a thread would be a write, as memory is now. */
function wouldWrite({ kind, view, index, operand, operand2 }: Thread): boolean {
  const before = view![index]!;
  if (kind === COMPARE_EXCHANGE) return elementOf(view!, operand) === before;
  return resultOf(kind, view!, before, operand, operand2) !== before;
}

function opposite(kind: number): number {
  return kind === INVOKE ? RESPOND : INVOKE;
}

/** Records the beginning or end of an operation whose history matters: a beginning depends on the ends of others. */
export function recordHistory(thread: Thread, kind: typeof INVOKE | typeof RESPOND): void {
  const n = begin(thread, kind, 0, 0, false, NO_LIST);
  let count = 0;
  for (let e = n - 1; e >= 0; e--) if (x.stepKind[e] === opposite(kind)) candidates[count++] = e;
  order(n, thread, count);
  if (x.sleep !== 0) wakeSleeping(n, 0);
}

/** Takes back the last steps, which must be reads; the clocks of the threads are the caller's to restore. */
export function takeBack(to: number): void {
  while (x.depth > to) {
    const n = --x.depth;
    for (let key = x.stepKey[n]!; key < x.stepKey[n]! + x.stepCells[n]!; key++) x.memory.cell(key).readers.pop();
  }
  while (x.raceSecond.length > 0 && x.raceSecond.at(-1)! >= to) {
    x.raceFirst.pop();
    x.raceSecond.pop();
  }
}
