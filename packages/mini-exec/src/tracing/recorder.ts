// Listens to the executors of this thread while somebody subscribes, keeps a record of each
// task, and tells the subscribers. Records of tasks that have finished are dropped: who wants
// to remember them listens for `complete`.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { Context } from '../core/future.ts';
import type { Scheduler, Task } from '../core/task.ts';
import type { JoinError } from '../errors.ts';
import type { TaskEvent, TaskListener } from './events.ts';
import { callerLocation } from './location.ts';
import { type TaskOutcome, TaskRecord, type TracedTask } from './task-record.ts';
import { type TaskSink, trace } from './trace.ts';
import { TrackedWaker } from './tracked-waker.ts';

/** Says what to trace. */
export interface SubscribeOptions {
  /**
   * Whether to find out where tasks are spawned, which takes a stack trace for each: some
   * 20 microseconds. True where not given.
   */
  readonly locations?: boolean | undefined;
}

/** Ends with `unsubscribe()`, or at the end of its block with `using`. */
export interface Subscription extends Disposable {
  /** Stops the events; the executors are as fast as before when nobody else subscribes. */
  readonly unsubscribe: () => void;
}

interface Subscriber {
  readonly listener: TaskListener;
  readonly locations: boolean;
}

/** Listens for somebody whose coming and going it must look for itself. */
export interface StandIn {
  /** Listens to the executors while nobody subscribes. */
  readonly sink: TaskSink;
  /** Is told the events while somebody does. */
  readonly listener: TaskListener;
}

/** Is the sink of this thread while somebody subscribes. */
class Recorder implements TaskSink {
  #subscribers: readonly Subscriber[] = [];
  #standIn: StandIn | undefined;
  #records = new WeakMap<Task<unknown>, TaskRecord>();
  /** Holds the records of tasks that have not finished, by their ids. */
  readonly live = new Map<number, TaskRecord>();
  readonly #executors = new WeakMap<Scheduler, number>();
  #executorCount = 0;
  #current: TaskRecord | undefined;
  #telling = false;
  readonly #collectedTasks = new FinalizationRegistry<TaskRecord>((record) => this.#collected(record));
  readonly #collectedWakers = new FinalizationRegistry<TaskRecord>((record) => this.#dropped(record));

  get isHeard(): boolean {
    return this.#subscribers.length > 0;
  }

  add(subscriber: Subscriber): void {
    this.#subscribers = [...this.#subscribers, subscriber];
    trace.sink = this;
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers = this.#subscribers.filter((other) => other !== subscriber);
    if (this.isHeard) return;
    trace.sink = this.#standIn?.sink;
    this.#records = new WeakMap();
    this.live.clear();
    this.#current = undefined;
  }

  set standIn(standIn: StandIn | undefined) {
    this.#standIn = standIn;
    if (!this.isHeard) trace.sink = standIn?.sink;
  }

  spawned(task: Task<unknown>, scheduler: Scheduler): void {
    const locations = this.#subscribers.some((subscriber) => subscriber.locations);
    const location = locations ? callerLocation() : undefined;
    const record = this.#record(task, { executor: this.#number(scheduler), location, isWhole: true });
    this.#tell({ type: 'spawn', task: record, time: record.spawnedAt });
  }

  woken(task: Task<unknown>): void {
    if (task.isFinished) return;
    const record = this.#of(task);
    if (record.isNew) {
      record.isNew = false; // the wake-up that comes with the spawn
      return;
    }
    const time = performance.now();
    const by = this.#current;
    const isSelfWake = by === record;
    record.wake(time, isSelfWake);
    this.#tell({ type: 'wake', task: record, time, isSelfWake, by });
  }

  polling(task: Task<unknown>): Context {
    const record = this.#of(task);
    const waker = this.#waker(task, record);
    record.outer = this.#current;
    this.#current = record;
    const time = performance.now();
    record.pollStart(time);
    this.#tell({ type: 'poll-start', task: record, time });
    return waker;
  }

  panicked(task: Task<unknown>, error: JoinError): void {
    const record = this.#records.get(task);
    if (record !== undefined) record.error = error;
  }

  ran(task: Task<unknown>): void {
    const record = this.#records.get(task);
    if (record === undefined) return;
    const time = performance.now();
    const wasPolled = record.state === 'running';
    const finished = task.isFinished ? endOf(record, wasPolled) : undefined;
    if (wasPolled) {
      this.#current = record.outer;
      record.outer = undefined;
      const duration = record.pollEnd(time);
      const result = finished?.outcome ?? 'pending';
      this.#tell({ type: 'poll-end', task: record, time, duration, result, error: finished?.error });
    }
    if (finished === undefined) return;
    this.#collectedTasks.unregister(record);
    this.#collectedWakers.unregister(record);
    record.finish(time, finished.outcome);
    this.live.delete(record.id);
    this.#tell({ type: 'complete', task: record, time, ...finished });
  }

  #of(task: Task<unknown>): TaskRecord {
    // A task that was there before: where, and by whom it was spawned, is not known any more.
    return this.#records.get(task) ?? this.#record(task, { executor: 0, location: undefined, isWhole: false });
  }

  #record(task: Task<unknown>, known: Pick<TracedTask, 'executor' | 'location' | 'isWhole'>): TaskRecord {
    const parent = known.isWhole ? this.#current?.id : undefined;
    const name = typeof task.name === 'string' ? task.name : undefined; // nothing else can be told to others
    const record = new TaskRecord({ id: task.id, name, parent, ...known }, performance.now());
    this.#records.set(task, record);
    this.live.set(task.id, record);
    this.#collectedTasks.register(task, record, record);
    return record;
  }

  #number(scheduler: Scheduler): number {
    const number = this.#executors.get(scheduler) ?? ++this.#executorCount;
    this.#executors.set(scheduler, number);
    return number;
  }

  #waker(task: Task<unknown>, record: TaskRecord): TrackedWaker {
    const held = record.waker?.deref();
    if (held !== undefined) return held;
    const waker = new TrackedWaker(task, () => {
      if (record.take()) this.#tell({ type: 'waker-take', task: record, time: performance.now() });
    });
    record.waker = new WeakRef(waker);
    this.#collectedWakers.register(waker, record, record);
    return waker;
  }

  #dropped(record: TaskRecord): void {
    if (this.live.get(record.id) !== record || record.wakers > 0 || record.wakerTakes === 0) return;
    this.#tell({ type: 'waker-drop', task: record, time: performance.now() });
  }

  /** Takes note of a task that nobody can reach any more, since its whole executor is gone. */
  #collected(record: TaskRecord): void {
    if (this.live.get(record.id) !== record) return;
    const time = performance.now();
    record.finish(time, 'collected');
    this.live.delete(record.id);
    this.#tell({ type: 'complete', task: record, time, outcome: 'collected', error: undefined });
  }

  /** Tells the subscribers, but not of what they do themselves, which could go on for ever. */
  #tell(event: TaskEvent): void {
    if (this.#telling) return;
    this.#telling = true;
    for (const { listener } of this.#subscribers) callSafely(listener, event);
    if (this.#standIn !== undefined) callSafely(this.#standIn.listener, event);
    this.#telling = false;
  }
}

/** Says how a task ended: one that ran without being polled was dropped. */
function endOf({ error }: TaskRecord, wasPolled: boolean): { readonly outcome: TaskOutcome; readonly error: unknown } {
  return { outcome: error === undefined ? (wasPolled ? 'value' : 'cancelled') : 'panicked', error };
}

function callSafely(listener: TaskListener, event: TaskEvent): void {
  try {
    listener(event);
  } catch (error) {
    void Promise.reject(error); // as if nobody had caught it; the executor goes on
  }
}

const recorder = new Recorder();

/**
 * Calls a listener for every event of this thread's tasks, from now on: spawns, wake-ups,
 * polls, wakers taken and dropped, ends. While nobody subscribes, tracing costs nearly nothing.
 *
 * The listener is called within the event, and must be quick. What it throws is raised as an
 * unhandled rejection. What it does to tasks itself is counted, but not told.
 *
 * @example
 * ```ts
 * import { blockOn, yieldNow } from '@concurrency-lab/mini-exec';
 * import { subscribe } from '@concurrency-lab/mini-exec/tracing';
 *
 * const log: string[] = [];
 * using subscription = subscribe(({ type }) => log.push(type));
 * blockOn(yieldNow());
 * log; // => ['spawn', 'poll-start', 'waker-take', 'wake', 'poll-end', 'poll-start', 'poll-end', 'complete']
 * ```
 */
export function subscribe(listener: TaskListener, { locations = true }: SubscribeOptions = {}): Subscription {
  if (typeof listener !== 'function')
    throw new InvalidArgumentError(`listener must be a function, not ${describe(listener)}`);
  const subscriber = { listener, locations };
  recorder.add(subscriber);
  const unsubscribe = (): void => recorder.remove(subscriber);
  return { unsubscribe, [Symbol.dispose]: unsubscribe };
}

/** Gives the tasks of this thread that are traced and have not finished. */
export function liveTasks(): Iterable<TracedTask> {
  return recorder.live.values();
}

/** Sets who looks whether others listen while nobody subscribes. */
export function setStandIn(standIn: StandIn | undefined): void {
  recorder.standIn = standIn;
}
