// One poll of a machine, as its program sees it.

import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { Pending, type Poll } from '@concurrency-lab/mini-exec';
import type { Task } from '../tasks/task.ts';
import type { Children } from './children.ts';
import type { Child, MachineContext, MachineWaker } from './context.ts';
import { sharedNow } from './timers.ts';

/** Is what a poll needs of its worker. */
export interface PollHost {
  /** Wakes the machine in a slot. */
  wakeMachine(slot: number): void;
  /** Has it woken at a time. */
  wakeAt(slot: number, time: number): void;
}

/** Is given to the program for one poll. */
export class PollContext implements MachineContext {
  readonly #host: PollHost;
  readonly #children: Children;
  readonly #slot: number;
  #isOver = false;
  /** The machine is to be polled again after the others. */
  isYielding = false;
  /** What has to come to this thread before the machine can be polled again. */
  needs: Promise<unknown> | undefined = undefined;

  constructor(host: PollHost, children: Children, slot: number) {
    this.#host = host;
    this.#children = children;
    this.#slot = slot;
  }

  /** Ends the poll: nothing can be arranged any more. */
  end(): void {
    this.#isOver = true;
  }

  #require(operation: string): void {
    if (this.#isOver) throw new InvalidArgumentError(`${operation} works only during the poll that was given it`);
  }

  get waker(): MachineWaker {
    const host = this.#host;
    const slot = this.#slot;
    return { handle: slot, wake: () => host.wakeMachine(slot) };
  }

  yieldNow(): typeof Pending {
    this.#require('yieldNow()');
    this.isYielding = true;
    return Pending;
  }

  now(): number {
    return sharedNow();
  }

  sleepUntil(time: number): Poll<void> {
    this.#require('sleepUntil()');
    if (typeof time !== 'number' || Number.isNaN(time)) {
      throw new InvalidArgumentError(`the time to sleep until must be a number, as now() gives, not ${String(time)}`);
    }
    if (sharedNow() >= time) return undefined;
    this.#host.wakeAt(this.#slot, time);
    return Pending;
  }

  spawn<Args extends readonly unknown[], Result>(task: Task<Args, Result>, ...args: Args): Child<Result> {
    this.#require('spawn()');
    return this.#children.spawn(this.#slot, task, args);
  }

  join<Result>(child: Child<Result>): Poll<Result> {
    this.#require('join()');
    return this.#children.join(this.#slot, child, this) as Poll<Result>;
  }
}
