// The runtimes of worker threads that this thread has built, at a glance. They stand in a set that
// copies of these packages share, so that a console which was loaded by itself finds them too; a
// runtime tells nothing until it is asked.

const RUNTIMES: unique symbol = Symbol.for('@concurrency-lab/runtimes') as never;

/** Describes a worker at one moment; plain data. */
export interface RuntimeWorkerSnapshot {
  readonly state: string;
  readonly polls: number;
  readonly steals: number;
  readonly parks: number;
  readonly overflows: number;
  /** Is in milliseconds. */
  readonly busyTime: number;
  readonly queueDepth: number;
  readonly liveTasks: number;
}

/** Describes a task of a runtime at one moment; plain data. */
export interface RuntimeTaskSnapshot {
  /** Numbers the tasks that were spawned on one thread. */
  readonly id: number;
  readonly name: string;
  readonly state: string;
  /** Names the worker that runs it; undefined while none does. */
  readonly worker: string | undefined;
  /** Is how long ago it was first seen here, in milliseconds: it is as old, or older by the time between two looks. */
  readonly age: number;
}

/** Describes a runtime at one moment; plain data. */
export interface RuntimeSnapshot {
  readonly name: string;
  readonly workers: readonly RuntimeWorkerSnapshot[];
  readonly blocking: { readonly threads: number; readonly idleThreads: number; readonly queueDepth: number };
  readonly injectionQueueDepth: number;
  readonly waitingTasks: number;
  /** Counts the tasks in shared memory by their states. */
  readonly states: Readonly<Record<string, number>>;
  /** Lists tasks, those first that have begun. */
  readonly tasks: readonly RuntimeTaskSnapshot[];
  /** Counts the tasks that are not in the list because it would be too long. */
  readonly omitted: number;
}

/** Is a runtime that can be looked at. */
export interface RuntimeSource {
  snapshot(limit: number): RuntimeSnapshot;
}

/** Describes the runtimes of this thread as they are now, each with at most so many tasks. */
export function runtimeSnapshots(limit: number): RuntimeSnapshot[] {
  const { [RUNTIMES]: runtimes } = globalThis as { [RUNTIMES]?: Set<RuntimeSource> };
  return [...(runtimes ?? [])].map((runtime) => runtime.snapshot(limit));
}
