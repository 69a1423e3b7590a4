// A thread of the model: a generator, the step it will take next, and its clocks.

import type { LoopState } from './spin.ts';
import type { TypedArray } from './memory.ts';

/** How many threads a model may have, the main one included. */
export const MAX_THREADS = 8;

/** Has a step to take. */
export const READY = 0;
/** Has returned, or was terminated. */
export const FINISHED = 1;
/** Sleeps in a wait, or has nothing to do until a promise settles. */
export const SLEEPING = 2;
/** Spins, in an execution that is not worth going on with for it. */
export const CUT = 3;

/** The reads of one round of a spin loop, by which it can be told whether another round would do the same. */
export interface Reading {
  readonly view: TypedArray;
  readonly index: number;
  readonly value: number | bigint;
  /** The first memory cell. */
  readonly key: number;
}

/** What is known of a thread that spins: rounds that would change nothing. */
export interface Awaiting {
  readonly loop: LoopState;
  /** Each holds what one such round read: while memory still reads so, the thread need not run. */
  readonly rounds: (readonly Reading[])[];
  /** What happens before the round, whenever it is made. */
  readonly past: Int32Array;
}

/** A promise of `Atomics.waitAsync`, in the list of waiters. */
export interface AsyncWaiter {
  readonly owner: Thread;
  /** Where it waits. */
  readonly site: number;
  readonly settle: (result: 'ok' | 'timed-out') => void;
}

/** A callback that the thread's event loop will run. */
export interface Task {
  readonly run: () => void;
  /** The clocks of whoever made the task ready. */
  readonly dependency: Int32Array | undefined;
  readonly happensBefore: Int32Array | undefined;
}

const NAMES = Array.from({ length: MAX_THREADS }, (_, id) => (id === 0 ? 'main' : `T${id}`));

/** One thread. Threads are pooled: an execution resets those it uses. */
export class Thread {
  readonly id: number;
  name = '';
  generator: Generator<unknown, unknown, unknown> | undefined;
  status: number = READY;
  result: unknown;
  wasTerminated = false;
  canBlock = true;

  // The step it will take next.
  kind = 0;
  view: TypedArray | undefined;
  index = 0;
  /** The operand: a value to store or to expect, a count to notify. */
  operand: unknown;
  /** The second operand: the replacement, the update's name, a timeout. */
  operand2: unknown;
  site = -1;
  /** The first memory cell of the step, and how many it covers. */
  key = 0;
  cells = 0;
  target: Thread | undefined;
  /** The kind of an update that a mutant has split in two; 0 otherwise. */
  splitKind = 0;

  /** Steps taken. */
  steps = 0;
  /** Which steps of which threads the next step comes after, in every equivalent order. */
  readonly dependency: Int32Array = new Int32Array(MAX_THREADS);
  /** The dependency clock with which it was spawned. */
  readonly birth: Int32Array = new Int32Array(MAX_THREADS);
  /** Which accesses happen before the next one, by the memory model. */
  readonly happensBefore: Int32Array = new Int32Array(MAX_THREADS);
  /** The virtual cell of its life, where it may be terminated; 0 otherwise. */
  lifeKey = 0;
  /** The dependency clock of whoever woke it, where somebody has since its last step. */
  isWoken = false;
  readonly wokenBy: Int32Array = new Int32Array(MAX_THREADS);

  // Counters by which a spin is recognised (spin.ts).
  writes = 0;
  touches = 0;
  reads = 0;
  readonly readings: Reading[] = [];
  awaiting: Awaiting | undefined;
  /** True while it has taken no step since it was found to spin. */
  awaits = false;
  /** What the round read, of a thread that was cut. */
  cutRound: readonly Reading[] | undefined;

  // The event loop of a thread that awaits promises.
  readonly jobs: (() => Generator<unknown, void, unknown> | void)[] = [];
  readonly tasks: Task[] = [];
  readonly timers: Timer[] = [];
  /** The promises that were rejected on it while nobody had asked for them. */
  readonly rejections: { readonly isHandled: boolean; readonly value: unknown }[] = [];
  isIdle = false;
  /** The timer for which it was roused. */
  firing: Timer | undefined;
  /** How a wait ended, for the thread that resumes. */
  waitResult: 'ok' | 'timed-out' = 'ok';
  /** The virtual time at which a wait gives up. */
  deadline: number = Infinity;
  /** What the word held when it went to sleep, and the step with which it did. */
  expected: number | bigint = 0;
  sleptAt = -1;
  /** The virtual cell of its queue of tasks, once somebody adds to it. */
  queueKey = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** Notes whose steps so far come before its next one. */
  wakeAfter(dependency: Int32Array): void {
    this.isWoken = true;
    for (let t = 0; t < MAX_THREADS; t++) this.wokenBy[t] = dependency[t]!;
  }

  reset(): void {
    this.name = NAMES[this.id]!;
    this.generator = undefined;
    this.status = READY;
    this.result = undefined;
    this.wasTerminated = false;
    this.canBlock = true;
    this.kind = 0;
    this.view = undefined;
    this.site = -1;
    this.target = undefined;
    this.splitKind = 0;
    this.steps = 0;
    for (let t = 0; t < MAX_THREADS; t++) this.dependency[t] = this.birth[t] = this.happensBefore[t] = 0;
    this.happensBefore[this.id] = 1;
    this.lifeKey = 0;
    this.isWoken = false;
    this.writes = 0;
    this.touches = 0;
    this.reads = 0;
    if (this.readings.length > 0) this.readings.length = 0;
    this.awaiting = undefined;
    this.awaits = false;
    this.cutRound = undefined;
    if (this.jobs.length > 0) this.jobs.length = 0;
    if (this.tasks.length > 0) this.tasks.length = 0;
    if (this.timers.length > 0) this.timers.length = 0;
    if (this.rejections.length > 0) this.rejections.length = 0;
    this.isIdle = false;
    this.firing = undefined;
    this.deadline = Infinity;
    this.queueKey = 0;
    this.sleptAt = -1;
  }
}

/** A timer of the model; virtual time, so it may fire at any point from now on. */
export interface Timer {
  readonly id: number;
  readonly deadline: number;
  readonly callback: () => void;
  readonly period: number | undefined;
  /** How much all threads had changed when a periodic timer fired last. */
  readonly seen?: number | undefined;
}

/** Finds the timer that fires first; the older of two with one deadline. */
export function earliest(timers: readonly Timer[]): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) if (first === undefined || timer.deadline < first.deadline) first = timer;
  return first;
}
