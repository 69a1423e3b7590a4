// What a machine can do within a poll: above all, arrange to be polled again.

import type { Pending, Poll, Waker } from '@concurrency-lab/mini-exec';
import type { Task } from '../tasks/task.ts';

declare const VALUE: unique symbol;

/**
 * Names a task that a machine has spawned, and can join: a number, so that it fits the frame.
 *
 * @example
 * ```ts
 * import type { Child } from '@concurrency-lab/runtime';
 *
 * const frame = { left: 0 as Child<number>, right: 0 as Child<number> };
 * Object.keys(frame); // => ['left', 'right']
 * ```
 */
export type Child<T> = number & { readonly [VALUE]?: T };

/** Names a machine to any thread of its runtime: a number, to be given to tasks or posted. */
export type MachineWakerHandle = number;

/** Asks for a machine to be polled again; on any worker of the runtime. */
export interface MachineWaker extends Waker {
  /** To be given to `wakeMachine()` in another task, or to `Runtime.wakeMachine()`. */
  readonly handle: MachineWakerHandle;
}

/**
 * Is what a machine is polled with. Use it during that poll only. What returns `Pending` has
 * arranged another poll: return `Pending` from `poll` too.
 */
export interface MachineContext {
  /**
   * Wakes this machine. What it is to look at when it is polled again must be written before the wake-up,
   * with `Atomics`.
   */
  readonly waker: MachineWaker;
  /** Has the machine polled again, after the tasks that wait now, by whichever worker has time. */
  yieldNow(): typeof Pending;
  /** Gives a time that all workers agree on to about a millisecond, in milliseconds. */
  now(): number;
  /** Waits until `now()` has reached a time, which the frame must keep. The thread that built the runtime serves it. */
  sleepUntil(time: number): Poll<void>;
  /**
   * Spawns a task, to run next on this worker, unless another takes it. Join it or not: when the
   * machine ends, the others go on alone.
   *
   * @throws {InvalidArgumentError} on anything but a task, and on arguments that cannot be sent
   * @throws {NoFreeSlotError} where the runtime has as many tasks as it may
   */
  spawn<Args extends readonly unknown[], Result>(task: Task<Args, Result>, ...args: Args): Child<Result>;
  /**
   * Gives the value that a task has come to; once.
   *
   * @throws {JoinError} if it threw, or its worker was lost
   * @throws {InvalidArgumentError} on anything but a task that this machine has spawned and not joined
   */
  join<Result>(child: Child<Result>): Poll<Result>;
}
