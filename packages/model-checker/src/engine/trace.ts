// The rows of a trace, written while an execution is replayed for a report. A row knows the
// row of the write that it read and of the notify that woke it, and why the thread before it
// did not go on: the reports draw arrows from these.

import { stillAwaits } from './awaiting.ts';
import { elementOf } from './elements.ts';
import {
  COMPARE_EXCHANGE,
  JOIN,
  KIND_NAMES,
  LOAD,
  NOTIFY,
  RESUME,
  STORE,
  TIMEOUT,
  UPDATE,
  WAIT,
  WAIT_ASYNC,
} from './kinds.ts';
import type { TypedArray } from './memory.ts';
import { x, type Interruption, type TraceStep } from './state.ts';
import { CUT, FINISHED, SLEEPING, type Reading, type Thread } from './thread.ts';

/** The rows of the last writes, by place. */
const lastWrite = new Map<string, number>();
/** The rows of the notifies that woke threads which have not resumed yet, by thread. */
const wakers = new Map<number, number>();
/** The thread that took the last step for which there was a choice, or -1. */
let running = -1;

/** Begins the trace of an execution. */
export function beginTrace(): void {
  x.trace!.length = 0;
  lastWrite.clear();
  wakers.clear();
  running = -1;
}

/** Names an element: as the user named it, or by buffer and index. */
export function placeName(view: ArrayBufferView, byteOffset: number): string {
  const order = x.memory.orderOf(view.buffer as SharedArrayBuffer);
  const named = x.names.get(`${order}:${byteOffset}`);
  if (named !== undefined) return named;
  const size = (view as TypedArray).BYTES_PER_ELEMENT ?? 1;
  const kind = view.constructor.name.replace('Array', '').toLowerCase();
  return `${order === 0 ? 'memory' : `memory${order + 1}`}.${kind}[${byteOffset / size}]`;
}

/** Shows a value as it would be written in the language. */
export function show(value: unknown): string {
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

function push(thread: Thread, row: Omit<TraceStep, 'thread' | 'site'> & { readonly site?: number }): void {
  x.trace!.push({ thread: thread.id, site: thread.site, ...row });
}

function placeKey(view: ArrayBufferView, byteOffset: number): string {
  return `${x.memory.orderOf(view.buffer as SharedArrayBuffer)}:${byteOffset}`;
}

/** Adds the row of the operation that a thread is doing. */
export function traceOperation(thread: Thread, result: unknown): void {
  const { kind, view, index, operand, operand2 } = thread;
  const resumes = kind === RESUME || kind === TIMEOUT;
  const interrupted = kind === RESUME || x.isStarting ? undefined : interruption(thread);
  const place = view === undefined ? '' : placeName(view, view.byteOffset + index * view.BYTES_PER_ELEMENT);
  const key = view === undefined ? '' : placeKey(view, view.byteOffset + index * view.BYTES_PER_ELEMENT);
  const isCas = kind === COMPARE_EXCHANGE;
  const succeeds = isCas && result === elementOf(view!, operand);
  const reads = kind === LOAD || kind === UPDATE || isCas || kind === WAIT || kind === WAIT_ASYNC;
  const row = x.trace!.length;
  push(thread, {
    kind: KIND_NAMES[kind]!,
    place,
    text: describe(kind, place, operand, operand2, result, succeeds),
    step: x.depth - 1,
    isPlain: false,
    value: result,
    readsFrom: reads ? lastWrite.get(key) : undefined,
    wokenBy: resumes ? wakers.get(thread.id) : undefined,
    interrupted,
  });
  if (resumes) wakers.delete(thread.id);
  // An update that leaves the word as it was may be a spin's, and its row be taken back.
  const updates = kind === UPDATE && view![index] !== result;
  if (kind === STORE || updates || succeeds) lastWrite.set(key, row);
}

function describe(
  kind: number,
  place: string,
  operand: unknown,
  operand2: unknown,
  result: unknown,
  succeeds: boolean,
): string {
  switch (kind) {
    case LOAD:
      return `${place} => ${show(result)}`;
    case STORE:
      return `${place} = ${show(operand)}`;
    case UPDATE:
      return `${String(operand2)} ${place} ${show(operand)}: was ${show(result)}`;
    case COMPARE_EXCHANGE:
      return `cas ${place} ${show(operand)}->${show(operand2)}: ${succeeds ? 'ok' : `is ${show(result)}`}`;
    case WAIT:
    case WAIT_ASYNC:
      return `${KIND_NAMES[kind]} ${place} == ${show(operand)}: ${String(result)}`;
    case NOTIFY:
      return `notify ${place}: woke ${show(result)}`;
    case RESUME:
      return result === 'ok' ? 'wakes up' : `wakes up: ${String(result)}`;
    default:
      return KIND_NAMES[kind]!;
  }
}

/** Tells why the thread that ran before this one did not go on; undefined where it is the same. */
function interruption(thread: Thread): Interruption | undefined {
  const before = x.threads[running];
  running = thread.id;
  if (before === undefined || before === thread) return undefined;
  return { thread: before.id, reason: reasonOf(before) };
}

function reasonOf(thread: Thread): string {
  if (thread.status === FINISHED) return thread.wasTerminated ? 'terminated' : 'ended';
  if (thread.isIdle) return 'idle';
  // The step that is being traced may have let it go on: what it did last tells what it was at.
  const last = x.trace!.findLast((row) => row.thread === thread.id);
  if (thread.status === SLEEPING || last?.value === 'sleeps') return 'sleeps';
  if (thread.status === CUT || stillAwaits(thread) || last?.kind === 'spin') return 'spins';
  if (thread.kind === JOIN && thread.target!.status !== FINISHED) return `waits for ${thread.target!.name}`;
  return 'preempted';
}

/** Adds the row of a plain access. */
export function tracePlain(
  thread: Thread,
  view: ArrayBufferView,
  byteOffset: number,
  writes: boolean,
  value: unknown,
  note = '',
): void {
  const place = placeName(view, byteOffset);
  const key = placeKey(view, byteOffset);
  const row = x.trace!.length;
  push(thread, {
    kind: writes ? 'write' : 'read',
    place,
    text: `${place} ${writes ? '=' : '=>'} ${show(value)} (plain)${note}`,
    step: -1,
    isPlain: true,
    value,
    // A read with a note did not see the last write.
    readsFrom: writes || note !== '' ? undefined : lastWrite.get(key),
  });
  if (writes) lastWrite.set(key, row);
}

/** Adds the row of a bulk access, by a built-in function. */
export function traceBulk(thread: Thread, view: ArrayBufferView, from: number, to: number, writes: boolean): void {
  const place = placeName(view, from);
  const row = x.trace!.length;
  const text = `${writes ? 'writes' : 'reads'} ${to - from} bytes from ${place} (plain)`;
  push(thread, { kind: writes ? 'write' : 'read', place, text, step: -1, isPlain: true });
  if (!writes) return;
  for (let offset = from; offset < to; offset++) lastWrite.set(placeKey(view, offset), row);
}

/** Adds the row of rounds of a loop that were taken back. */
export function traceSpinning(thread: Thread, site: number, round: readonly Reading[]): void {
  push(thread, { kind: 'spin', place: '', text: `spins while ${showRound(round)}`, site, step: -1, isPlain: false });
}

/** Shows what a round of a spin loop read. */
export function showRound(round: readonly Reading[]): string {
  const texts = round.map(
    ({ view, index, value }) =>
      `${placeName(view, view.byteOffset + index * view.BYTES_PER_ELEMENT)} is ${show(value)}`,
  );
  return [...new Set(texts)].join(', ');
}

/** Adds the row of the start of a thread. */
export function traceSpawn(parent: Thread, thread: Thread): void {
  push(parent, {
    kind: 'spawn',
    place: '',
    text: `spawns ${thread.name}`,
    site: -1,
    step: -1,
    isPlain: false,
    target: thread.id,
  });
}

/** Adds the row of a join that returns. */
export function traceJoin(thread: Thread, target: Thread): void {
  push(thread, {
    kind: 'join',
    place: '',
    text: `joins ${target.name}`,
    site: -1,
    step: x.depth - 1,
    isPlain: false,
    target: target.id,
  });
}

/** Notes that the operation whose row comes next wakes a thread. */
export function traceWaking(thread: Thread): void {
  wakers.set(thread.id, x.trace!.length);
}

/** Notes that the operation whose row comes next settles a promise; returns what adds the row of the settlement. */
export function traceSettling(owner: Thread): () => void {
  const wokenBy = x.trace!.length;
  return () => {
    if (x.trace === undefined) return;
    push(owner, { kind: 'settled', place: '', text: 'its promise is settled', step: -1, isPlain: false, wokenBy });
  };
}
