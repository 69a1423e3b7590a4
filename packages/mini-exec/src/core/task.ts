// A task is a future that an executor drives: polled once after it was spawned, and from
// then on only when woken. To be cheap, one object plays three parts: the waker, and the
// context, that its future is polled with, and the handle that joins it.
// (Its fields are `private` and not `#private`, which would double the cost of making one.)
//
//   idle --1 wake, abort--> scheduled        enters the ready queue, even during its own poll
//   scheduled --2 run: Pending--> idle       unless it was woken during the poll (1)
//   scheduled --3 run: value, error, aborted--> finished; nothing changes it any more

import { isEntered } from '../awaiting.ts';
import { Completion } from '../completion.ts';
import { JoinError } from '../errors.ts';
import type { PanicPolicy } from '../panic.ts';
import { toPromise } from '../promise.ts';
import { trace } from '../tracing/trace.ts';
import { type Context, type Future, Pending, type Poll, type Waker } from './future.ts';

/** Joins a task: both a future and a promise of the task's value, or of a {@link JoinError}. */
export interface JoinHandle<T> extends Future<T>, PromiseLike<T> {
  /** Numbers the tasks of this thread, from 1. */
  readonly id: number;
  /** Names the task, where it was given a name. */
  readonly name: string | undefined;
  /** Tells whether the task has come to a value, thrown, or been aborted. */
  readonly isFinished: boolean;
  /** Has the executor drop the task's future, with its cleanup, instead of polling it again. */
  abort(): void;
}

/** What an executor does for its tasks. */
export interface Scheduler {
  readonly panics: PanicPolicy;
  enqueue(task: Task<unknown>): void;
  runNewest(task: Task<unknown>): void;
}

type Handler<T, R> = ((value: T) => R | PromiseLike<R>) | null;

let spawned = 0;

/** Drives one future; see the head of this file. */
export class Task<T> extends Completion<T> implements JoinHandle<T>, Waker, Context {
  readonly id: number = ++spawned;
  readonly name: string | undefined;
  private future: Future<T> | undefined;
  private readonly scheduler: Scheduler;
  private scheduled = false;
  private aborted = false;
  /** Links the ready queue; only the executor uses it. */
  next: Task<unknown> | undefined = undefined;
  /** Is the task's place in its arena, which alone uses it. */
  place = 0;

  constructor(future: Future<T>, scheduler: Scheduler, name: string | undefined) {
    super();
    this.future = future;
    this.scheduler = scheduler;
    this.name = name;
    trace.sink?.spawned(this, scheduler);
  }

  get waker(): Waker {
    return this;
  }

  wake(): void {
    trace.sink?.woken(this);
    if (this.scheduled || this.isFinished) return;
    this.scheduled = true; // 1
    this.scheduler.enqueue(this);
  }

  abort(): void {
    this.aborted = true;
    this.wake();
  }

  /** Joins the task; a coroutine has it polled at once if it has only just spawned it. */
  override poll(cx: Context): Poll<T> {
    if (isEntered(cx)) this.scheduler.runNewest(this);
    return super.poll(cx);
  }

  /** Goes one step, when the executor has taken the task off the queue; tells whether it was the last. */
  run(): boolean {
    const { sink } = trace;
    this.scheduled = false; // 2
    try {
      if (this.aborted) {
        this.future!.drop();
        this.finish(JoinError.cancelled(this), true); // 3
      } else {
        const polled = this.future!.poll(sink?.polling(this) ?? this);
        if (polled === Pending) {
          sink?.ran(this);
          return false;
        }
        this.finish(polled); // 3
      }
    } catch (cause) {
      const error = JoinError.panicked(cause, this);
      this.scheduler.panics.add(this, error);
      this.finish(error, true); // 3
    }
    this.future = undefined;
    sink?.ran(this);
    return true;
  }

  then<A = T, B = never>(onValue?: Handler<T, A>, onError?: Handler<unknown, B>): Promise<A | B> {
    return toPromise<T>(this).then(onValue, onError);
  }
}
