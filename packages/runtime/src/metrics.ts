// How a runtime is doing: what its workers have published last, and what its queues hold now.

import type { BlockingCounts } from './blocking-pool.ts';
import { readCounts } from './scheduler/counters.ts';
import type { IdleSet, WorkerActivity } from './scheduler/idle.ts';
import type { Lane } from './scheduler/lanes.ts';
import type { RuntimeMemory } from './scheduler/memory.ts';

/** Says how a worker is doing. A worker that takes the place of a lost one counts on from where that was. */
export interface WorkerMetrics {
  /**
   * Is `running` while it starts and runs tasks, `searching` while it looks for some in the queues of others, `parked`
   * while it has nothing to do, and `listening` while all its tasks wait in its event loop.
   */
  readonly state: WorkerActivity;
  /** Counts the tasks that it has begun, and the queued ones that it has found aborted. */
  readonly polls: number;
  /** Counts how often it has taken tasks from another worker, one or many at once. */
  readonly steals: number;
  /** Counts how often it had nothing to do. */
  readonly parks: number;
  /** Counts the tasks for which its spawning tasks found no free slot: it ran them itself. */
  readonly overflows: number;
  /**
   * Adds up the milliseconds in which it ran tasks and looked for some, up to its last turn: a function that has not
   * returned yet is not in it.
   */
  readonly busyTime: number;
  /** Counts the entries of its queue, and of the slot beside that. */
  readonly queueDepth: number;
  /** Counts the tasks that were spawned on it and have not been joined. */
  readonly liveTasks: number;
}

/** Says how a runtime is doing; see {@link Runtime.metrics}. */
export interface RuntimeMetrics {
  /** Has one entry for each worker. */
  readonly workers: readonly WorkerMetrics[];
  /** Says how the blocking pool is doing. */
  readonly blocking: BlockingCounts;
  /** Counts what was spawned on this thread and no worker has taken into its own queue yet. */
  readonly injectionQueueDepth: number;
  /** Counts the tasks that were spawned on this thread and have not been joined. */
  readonly liveTasks: number;
  /** Counts those of them that wait for room in shared memory. */
  readonly waitingTasks: number;
}

/** Reads how a runtime is doing: `lanes` are those of its first thread and its workers, `here` is what the first thread counts. */
export function readMetrics(
  memory: RuntimeMemory,
  lanes: readonly Lane[],
  idle: IdleSet,
  here: Pick<RuntimeMetrics, 'blocking' | 'liveTasks' | 'waitingTasks'>,
): RuntimeMetrics {
  const workers = lanes.slice(1).map(({ number, queue, next }): WorkerMetrics => {
    const { busyMicroseconds, ...counts } = readCounts(memory, number);
    return {
      ...counts,
      state: idle.look(number - 1),
      busyTime: busyMicroseconds / 1000,
      queueDepth: queue.length + (next.isEmpty ? 0 : 1),
    };
  });
  return { workers, injectionQueueDepth: lanes[0]!.queue.length, ...here };
}
