// The rows of a trace, written while an execution is replayed for a report.

import { COMPARE_EXCHANGE, KIND_NAMES, LOAD, NOTIFY, STORE, UPDATE, WAIT, WAIT_ASYNC } from './kinds.ts';
import type { TypedArray } from './memory.ts';
import { x } from './state.ts';
import type { Thread } from './thread.ts';

/** Names an element: as the user named it, or by buffer and index. */
export function placeName(view: ArrayBufferView, byteOffset: number): string {
  const order = x.memory.orderOf(view.buffer as SharedArrayBuffer);
  const named = x.names.get(`${order}:${byteOffset}`);
  if (named !== undefined) return named;
  const size = (view as TypedArray).BYTES_PER_ELEMENT ?? 1;
  const kind = view.constructor.name.replace('Array', '').toLowerCase();
  return `${order === 0 ? 'memory' : `memory${order + 1}`}.${kind}[${byteOffset / size}]`;
}

function show(value: unknown): string {
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

/** Adds the row of the operation that a thread has just done. */
export function traceOperation(thread: Thread, result: unknown): void {
  const { kind, view, index, operand, operand2 } = thread;
  const place = view === undefined ? '' : placeName(view, view.byteOffset + index * view.BYTES_PER_ELEMENT);
  x.trace!.push({
    thread: thread.id,
    kind: KIND_NAMES[kind]!,
    place,
    text: describe(kind, place, operand, operand2, result),
    site: thread.site,
    step: x.depth - 1,
    isPlain: false,
  });
}

function describe(kind: number, place: string, operand: unknown, operand2: unknown, result: unknown): string {
  switch (kind) {
    case LOAD:
      return `${place} is ${show(result)}`;
    case STORE:
      return `${place} := ${show(operand)}`;
    case UPDATE:
      return `${place} ${String(operand2)} ${show(operand)}, was ${show(result)}`;
    case COMPARE_EXCHANGE:
      return Object.is(result, operand)
        ? `${place} ${show(operand)} → ${show(operand2)}`
        : `${place} not ${show(operand)}, is ${show(result)}`;
    case WAIT:
    case WAIT_ASYNC:
      return `${KIND_NAMES[kind]} ${place} = ${show(operand)}: ${String(result)}`;
    case NOTIFY:
      return `notify ${place}: ${result === 0 ? 'nobody waits' : `wakes ${show(result)}`}`;
    default:
      return KIND_NAMES[kind]!;
  }
}

/** Adds the row of a plain access. */
export function tracePlain(thread: Thread, view: ArrayBufferView, byteOffset: number, writes: boolean, value: unknown, note = ''): void {
  const place = placeName(view, byteOffset);
  x.trace!.push({
    thread: thread.id,
    kind: writes ? 'write' : 'read',
    place,
    text: `${place} ${writes ? '=' : 'is'} ${show(value)} (plain)${note}`,
    site: thread.site,
    step: -1,
    isPlain: true,
  });
}
