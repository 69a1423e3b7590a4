// What is known about one traced task: its state, since when, how often it was polled and
// woken, and how long it spent in which state. The recorder tells it what happens; it holds
// neither the task nor, firmly, the task's waker, so that both can be collected.
//
//   scheduled --poll--> running --Pending--> idle --wake--> scheduled
//                          |  `--Pending, woken meanwhile--> scheduled
//                          `--value, error--> finished       (a cancelled task: from scheduled)

import type { JoinError } from '../errors.ts';
import type { TrackedWaker } from './tracked-waker.ts';

/** Is what a task does: it is in the ready queue, being polled, waiting to be woken, or done. */
export type TaskState = 'scheduled' | 'running' | 'idle' | 'finished';

/** Is how a task ended; `'collected'` if it was pending when it, and its executor, could be reached from nowhere. */
export type TaskOutcome = 'value' | 'panicked' | 'cancelled' | 'collected';

/** Describes a traced task, as it is at the moment of reading. Times are in milliseconds. */
export interface TracedTask {
  /** Is the number of the task's handle. */
  readonly id: number;
  readonly name: string | undefined;
  /** Numbers the executors of this thread, in the order in which they were seen. */
  readonly executor: number;
  /** Is the id of the task that spawned this one, if a task did. */
  readonly parent: number | undefined;
  /** Says where the task was spawned, as `file:line:column`; undefined if that was not looked up. */
  readonly location: string | undefined;
  /** Tells whether the task was traced from its spawn on; otherwise counts begin later. */
  readonly isWhole: boolean;
  /** Is the time of the spawn, as of `performance.now()`. */
  readonly spawnedAt: number;
  readonly state: TaskState;
  readonly outcome: TaskOutcome | undefined;
  readonly polls: number;
  /** Counts wake-ups; the one that the spawn itself brings is not among them. */
  readonly wakes: number;
  /** Counts the wake-ups during the task's own polls. */
  readonly selfWakes: number;
  /** Counts the polls that read `cx.waker`. */
  readonly wakerTakes: number;
  /** Is 1 while the task's waker can be reached from somewhere, or has not been collected yet; otherwise 0. */
  readonly wakers: number;
  readonly longestPoll: number;
  /** Gives the time that the task has spent in a state, up to `now`. */
  timeIn(state: TaskState, now: number): number;
  /** Gives the time since the task entered its state. */
  timeInState(now: number): number;
}

/** Is written by the recorder. */
export class TaskRecord implements TracedTask {
  readonly id: number;
  readonly name: string | undefined;
  readonly executor: number;
  readonly parent: number | undefined;
  readonly location: string | undefined;
  readonly isWhole: boolean;
  readonly spawnedAt: number;
  state: TaskState;
  outcome: TaskOutcome | undefined = undefined;
  polls = 0;
  wakes = 0;
  selfWakes = 0;
  wakerTakes = 0;
  longestPoll = 0;
  /** Is set until the wake-up that the spawn brings. */
  isNew: boolean;
  /** Is the task that was being polled when this one's poll began: `blockOn` nests. */
  outer: TaskRecord | undefined = undefined;
  /** Is what the task threw, from then until it has finished. */
  error: JoinError | undefined = undefined;
  waker: WeakRef<TrackedWaker> | undefined = undefined;
  #tookInPoll = false;
  #wokenInPoll = false;
  #since: number;
  readonly #times: Record<TaskState, number> = { scheduled: 0, running: 0, idle: 0, finished: 0 };

  constructor(known: Pick<TracedTask, 'id' | 'name' | 'executor' | 'parent' | 'location' | 'isWhole'>, time: number) {
    this.id = known.id;
    this.name = known.name;
    this.executor = known.executor;
    this.parent = known.parent;
    this.location = known.location;
    this.isWhole = known.isWhole;
    this.isNew = known.isWhole;
    this.state = known.isWhole ? 'scheduled' : 'idle';
    this.spawnedAt = time;
    this.#since = time;
  }

  get wakers(): number {
    return this.wakerTakes > 0 && this.waker?.deref() !== undefined ? 1 : 0;
  }

  wake(time: number, isSelfWake: boolean): void {
    this.wakes++;
    if (isSelfWake) this.selfWakes++;
    if (this.state === 'idle') this.#enter('scheduled', time);
    else if (this.state === 'running') this.#wokenInPoll = true;
  }

  pollStart(time: number): void {
    this.polls++;
    this.#tookInPoll = false;
    this.#wokenInPoll = false;
    this.#enter('running', time);
  }

  /** Ends a poll, and gives its duration. */
  pollEnd(time: number): number {
    const duration = time - this.#since;
    this.longestPoll = Math.max(this.longestPoll, duration);
    this.#enter(this.#wokenInPoll ? 'scheduled' : 'idle', time);
    return duration;
  }

  finish(time: number, outcome: TaskOutcome): void {
    this.outcome = outcome;
    this.#enter('finished', time);
    this.waker = undefined;
    this.error = undefined;
  }

  /** Takes note that `cx.waker` was read; tells whether it is the first time in this poll. */
  take(): boolean {
    if (this.#tookInPoll) return false;
    this.#tookInPoll = true;
    this.wakerTakes++;
    return true;
  }

  timeIn(state: TaskState, now: number): number {
    return this.#times[state] + (state === this.state ? this.timeInState(now) : 0);
  }

  timeInState(now: number): number {
    return now - this.#since;
  }

  #enter(state: TaskState, time: number): void {
    this.#times[this.state] += time - this.#since;
    this.#since = time;
    this.state = state;
  }
}
