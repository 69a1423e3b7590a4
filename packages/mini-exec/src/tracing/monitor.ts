// The tasks of this thread at a glance: those that live, those that finished last, how often
// which outcome, and what looks wrong. It is what the console shows.

import { requireInteger } from '@concurrency-lab/atomics';
import { liveTasks, subscribe, type Subscription, type SubscribeOptions } from './recorder.ts';
import type { TaskOutcome, TaskState, TracedTask } from './task-record.ts';
import { type Limits, requireThresholds, type TaskWarning, type WarningThresholds, warningsOf } from './warnings.ts';

/** Describes a task at one moment; plain data. Durations are in milliseconds. */
export interface TaskSnapshot {
  readonly id: number;
  readonly name: string | undefined;
  /** Numbers the executors of the thread; 0 where the task is older than the monitor. */
  readonly executor: number;
  /** Is the id of the task that spawned this one, if a task did. */
  readonly parent: number | undefined;
  /** Says where the task was spawned, as `file:line:column`. */
  readonly location: string | undefined;
  readonly state: TaskState;
  readonly outcome: TaskOutcome | undefined;
  /** Is how long ago the task was spawned, or seen first. */
  readonly age: number;
  readonly polls: number;
  readonly longestPoll: number;
  /** Is how long the task was polled altogether. */
  readonly busy: number;
  /** Is how long it was in the ready queue altogether. */
  readonly scheduled: number;
  /** Is how long it waited to be woken altogether. */
  readonly idle: number;
  readonly wakes: number;
  readonly selfWakes: number;
  /** Is 1 while the task's waker is held by somebody, or was not collected yet; otherwise 0. */
  readonly wakers: number;
  /** Counts the polls that took the waker. */
  readonly wakerTakes: number;
  readonly warnings: readonly TaskWarning[];
}

/** Describes all tasks at one moment; plain data. */
export interface Snapshot {
  /** Is the time in milliseconds since 1970. */
  readonly time: number;
  /** Counts the tasks since the monitor began. */
  readonly totals: { readonly spawned: number; readonly live: number } & Readonly<Record<TaskOutcome, number>>;
  /** Lists tasks: first those with warnings, then the others that live, then those that have finished. */
  readonly tasks: readonly TaskSnapshot[];
  /** Counts the tasks that are not in the list because it would be too long. */
  readonly omitted: number;
}

/** Sets a monitor up. */
export interface MonitorOptions extends WarningThresholds, SubscribeOptions {
  /** So many finished tasks are remembered, the last ones; 100 where not given. */
  readonly finished?: number | undefined;
}

/**
 * Watches the tasks of this thread from its construction until it is disposed of.
 *
 * @example
 * ```ts
 * import { Executor, Future, Pending, type Poll } from '@concurrency-lab/mini-exec';
 * import { TaskMonitor } from '@concurrency-lab/mini-exec/tracing';
 *
 * class Forgetful extends Future<void> {
 *   override poll(): Poll<void> {
 *     return Pending; // and nobody knows whom to wake
 *   }
 * }
 * using monitor = new TaskMonitor();
 * const executor = new Executor();
 * executor.spawn(new Forgetful(), { name: 'stuck' });
 * executor.turn();
 * const [task] = monitor.snapshot().tasks;
 * [task?.name, task?.state, task?.polls, task?.wakes]; // => ['stuck', 'idle', 1, 0]
 * task?.warnings[0]?.message; // => 'it is pending, and no poll has ever taken cx.waker: nothing can wake it'
 * ```
 */
export class TaskMonitor implements Disposable {
  readonly #limits: Limits;
  readonly #mostFinished: number;
  readonly #finished: TracedTask[] = [];
  readonly #outcomes: Record<TaskOutcome, number> = { value: 0, panicked: 0, cancelled: 0, collected: 0 };
  readonly #subscription: Subscription;
  #spawned = 0;

  /** @throws {InvalidArgumentError} on a threshold or number that is none */
  constructor(options: MonitorOptions = {}) {
    this.#limits = requireThresholds(options);
    this.#mostFinished = requireInteger('finished', options.finished ?? 100, 0, 10_000);
    this.#subscription = subscribe((event) => {
      if (event.type === 'spawn') this.#spawned++;
      else if (event.type === 'complete') this.#remember(event.task, event.outcome);
    }, options);
  }

  #remember(task: TracedTask, outcome: TaskOutcome): void {
    this.#outcomes[outcome]++;
    this.#finished.push(task);
    if (this.#finished.length > this.#mostFinished) this.#finished.shift();
  }

  /**
   * Describes the tasks as they are now.
   *
   * @param limit - the most tasks to list, from 0; 1000 where not given
   */
  snapshot(limit = 1000): Snapshot {
    requireInteger('limit', limit, 0, 2 ** 31);
    const now = performance.now();
    const live = [...liveTasks()];
    const all = [...live, ...this.#finished.toReversed()].map((task) => describeTask(task, this.#limits, now));
    const tasks = [...all.filter((task) => isAlarming(task)), ...all.filter((task) => !isAlarming(task))];
    const totals = { spawned: this.#spawned, live: live.length, ...this.#outcomes };
    return {
      time: performance.timeOrigin + now,
      totals,
      tasks: tasks.slice(0, limit),
      omitted: Math.max(0, all.length - limit),
    };
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#subscription.unsubscribe();
  }
}

/** Tells what is still wrong from what was. */
function isAlarming({ warnings, outcome }: TaskSnapshot): boolean {
  return warnings.length > 0 && (outcome === undefined || outcome === 'collected');
}

function describeTask(task: TracedTask, limits: Limits, now: number): TaskSnapshot {
  const { id, name, executor, parent, location, state, outcome, polls, longestPoll } = task;
  const { wakes, selfWakes, wakers, wakerTakes } = task;
  return {
    id,
    name,
    executor,
    parent,
    location,
    state,
    outcome,
    age: now - task.spawnedAt,
    polls,
    longestPoll,
    busy: task.timeIn('running', now),
    scheduled: task.timeIn('scheduled', now),
    idle: task.timeIn('idle', now),
    wakes,
    selfWakes,
    wakers,
    wakerTakes,
    warnings: warningsOf(task, limits, now),
  };
}
