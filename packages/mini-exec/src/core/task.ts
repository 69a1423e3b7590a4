// A task is a future that an executor drives: polled once after it was spawned, and from
// then on only when woken. To be cheap, one object plays three parts: the waker, and the
// context, that its future is polled with, and the handle that joins it.
//
//   idle --1 wake, abort--> scheduled        enters the ready queue, even during its own poll
//   scheduled --2 run: Pending--> idle       unless it was woken during the poll (1)
//   scheduled --3 run: value, error, aborted--> finished; nothing changes it any more

import { JoinError } from '../errors.ts';
import { Completion, type Context, type Future, Pending, type Waker } from './future.ts';
import { toPromise } from './promise.ts';

/** Joins a task: both a future and a promise of the task's value, or of a {@link JoinError}. */
export interface JoinHandle<T> extends Future<T>, PromiseLike<T> {
  /** Tells whether the task has come to a value, thrown, or been aborted. */
  readonly isFinished: boolean;
  /** Has the executor drop the task's future, with its cleanup, instead of polling it again. */
  abort(): void;
}

type Handler<T, R> = ((value: T) => R | PromiseLike<R>) | null;

/** Drives one future; see the head of this file. */
export class Task<T> extends Completion<T> implements JoinHandle<T>, Waker, Context {
  readonly waker: Waker = this;
  readonly #future: Future<T>;
  readonly #enqueue: (task: Task<unknown>) => void;
  /** Links the ready queue; only the executor uses it. */
  next: Task<unknown> | undefined;
  #scheduled = false;
  #aborted = false;

  constructor(future: Future<T>, enqueue: (task: Task<unknown>) => void) {
    super();
    this.#future = future;
    this.#enqueue = enqueue;
  }

  wake(): void {
    if (this.#scheduled || this.isFinished) return;
    this.#scheduled = true; // 1
    this.#enqueue(this);
  }

  abort(): void {
    this.#aborted = true;
    this.wake();
  }

  /** Goes one step, when the executor has taken the task off the queue; tells whether it was the last. */
  run(): boolean {
    this.#scheduled = false; // 2
    try {
      const polled = this.#aborted ? this.#cancel() : this.#future.poll(this);
      if (polled !== Pending) this.finish(() => polled); // 3
    } catch (error) {
      this.#fail(JoinError.panicked(error)); // 3
    }
    return this.isFinished;
  }

  #cancel(): typeof Pending {
    this.#future.drop();
    this.#fail(JoinError.cancelled()); // 3
    return Pending;
  }

  #fail(error: JoinError): void {
    let unjoined: Promise<never> | undefined;
    const joiners = this.finish(() => {
      unjoined?.catch(() => {}); // joined after all
      throw error;
    });
    // Errors that nobody joins must not vanish: the host reports a promise like that.
    if (joiners === 0 && error.isPanic) unjoined = Promise.reject(error);
  }

  then<A = T, B = never>(onValue?: Handler<T, A>, onError?: Handler<unknown, B>): Promise<A | B> {
    return toPromise<T>(this).then(onValue, onError);
  }
}
