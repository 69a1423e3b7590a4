// What the thread that built a runtime and its workers say to each other in messages: only
// what is rare. Tasks go through shared memory.

import type { MemoryHandle } from '../scheduler/memory.ts';
import type { TaskTableHandle } from '../tasks/task-table.ts';
import type { ParcelMessage } from '../wire/parcels.ts';
import type { SpillHandle } from '../wire/spill.ts';

/** Tells a new worker who it is. */
export interface Start {
  readonly type: 'start';
  readonly memory: MemoryHandle;
  readonly tasks: TaskTableHandle;
  readonly spill: SpillHandle;
  readonly lane: number;
  readonly seat: number;
  readonly spinTime: number;
  /** The worker follows one that is gone, and takes over what it has left. */
  readonly follows: boolean;
}

/** Is what a worker is told. */
export type ToWorker = Start | ParcelMessage;

/** Is what a worker says. */
export type FromWorker =
  | WorkerNews
  /** Something of a payload, for the thread of some lane. */
  | ParcelMessage;

/** Is what a worker says of itself. */
export type WorkerNews =
  /** It takes tasks from now on. */
  | { readonly type: 'ready' }
  /** It has left, as it was told to: it can be terminated. */
  | { readonly type: 'left' }
  /** A task of its own, which runs on the thread with this seat, was asked to end. */
  | { readonly type: 'askedToEnd'; readonly at: number; readonly seat: number }
  /** It belongs to the blocking pool and has no task: so many slots it has taken, so many tasks of its own live. */
  | { readonly type: 'free'; readonly taken: number; readonly live: number }
  /** It has spawned a task for the blocking pool. */
  | { readonly type: 'blocking'; readonly slot: number }
  /** The machine in a slot is to be woken at a time (machines/timers.ts). */
  | { readonly type: 'wakeAt'; readonly slot: number; readonly time: number }
  /** A slot found no room in its queue. */
  | { readonly type: 'noRoom'; readonly slot: number }
  /** A task that it has spawned threw, and nobody joins it. */
  | { readonly type: 'panicked'; readonly name: string; readonly id: number; readonly cause: unknown };
