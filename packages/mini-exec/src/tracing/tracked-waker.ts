// The context, and the waker in it, that a traced task is polled with. Futures cannot tell it
// from the task itself, which it wakes; but it knows when a future takes the waker, and the
// garbage collector tells when nobody has it any more.
//
// A task has one at a time: as long as anybody holds it, each poll hands out the same, since
// futures compare wakers to recognise their task. Once it has been collected, nobody is left
// who could compare, and the next poll makes a new one.

import type { Context, Waker } from '../core/future.ts';
import type { Task } from '../core/task.ts';

/** Wakes its task; `onTake` is told when the waker is read from the context. */
export class TrackedWaker implements Context, Waker {
  readonly #task: Task<unknown>;
  readonly #onTake: () => void;

  constructor(task: Task<unknown>, onTake: () => void) {
    this.#task = task;
    this.#onTake = onTake;
  }

  get waker(): Waker {
    this.#onTake();
    return this;
  }

  wake(): void {
    this.#task.wake();
  }

  /** Tells, as the task does, whether a wake-up still matters. */
  get isFinished(): boolean {
    return this.#task.isFinished;
  }
}
