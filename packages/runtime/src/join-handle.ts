// The handle of a task: a future and a promise of how the task ends.

import { type Context, Future, type JoinError, Pending, type Poll, type Waker } from '@concurrency-lab/mini-exec';

type Handler<T, R> = ((value: T) => R | PromiseLike<R>) | null;

const WAITING = 0;
const SUCCEEDED = 1;
const FAILED = 2;

/**
 * Joins a task: `await` it, or `yield*` it in a coroutine, for the task's value. Both fail with
 * a `JoinError` if the task threw (`isPanic`, the `cause` says what), was aborted
 * (`isCancelled`), or its worker was lost (`isPanic`, the `cause` is a `WorkerLostError`).
 *
 * Dropping a handle does not stop its task.
 *
 * Source: `JoinHandle` of Tokio.
 */
export interface JoinHandle<T> extends Future<T>, PromiseLike<T> {
  /** Numbers the tasks that were spawned on this thread, from 1. */
  readonly id: number;
  /** Names the task's function. */
  readonly name: string;
  /** Tells whether the task has come to a value, thrown, or been aborted, and this thread has heard of it. */
  readonly isFinished: boolean;
  /**
   * Aborts the task. One that waits in a queue never runs. One that is suspended is dropped
   * where it waits, with its cleanup. One that runs is asked to end, and its worker is replaced
   * if it has not ended after the runtime's `abortTimeout`.
   */
  abort(): void;
}

/** Does what a handle asks of the thread that spawned its task. */
export interface Aborter {
  abort(task: SpawnedTask<unknown>): void;
}

/** Is a task as the thread sees it that spawned it. */
export class SpawnedTask<T> extends Future<T> implements JoinHandle<T> {
  readonly id: number;
  readonly name: string;
  readonly #aborter: Aborter;
  #state = WAITING;
  #outcome: unknown = undefined;
  #wakers: Waker[] | undefined = undefined;
  #promise: Promise<T> | undefined = undefined;
  #settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined = undefined;
  #isObserved = false;
  /** The task's slot; only the spawner uses it. */
  slot = -1;

  constructor(id: number, name: string, aborter: Aborter) {
    super();
    this.id = id;
    this.name = name;
    this.#aborter = aborter;
  }

  get isFinished(): boolean {
    return this.#state !== WAITING;
  }

  /** Tells whether somebody waits for the outcome, or has seen it. */
  get isJoined(): boolean {
    return this.#isObserved || this.#wakers !== undefined;
  }

  abort(): void {
    if (!this.isFinished) this.#aborter.abort(this as SpawnedTask<unknown>);
  }

  override poll(cx: Context): Poll<T> {
    if (this.#state === WAITING) {
      this.#wakers ??= [];
      if (!this.#wakers.includes(cx.waker)) this.#wakers.push(cx.waker);
      return Pending;
    }
    this.#isObserved = true;
    if (this.#state === FAILED) throw this.#outcome;
    return this.#outcome as T;
  }

  then<A = T, B = never>(onValue?: Handler<T, A>, onError?: Handler<unknown, B>): Promise<A | B> {
    this.#isObserved = true;
    if (this.#promise === undefined) {
      this.#promise = new Promise<T>((resolve, reject) => {
        if (this.#state === SUCCEEDED) resolve(this.#outcome as T);
        else if (this.#state === FAILED) reject(this.#outcome);
        else this.#settle = { resolve, reject };
      });
    }
    return this.#promise.then(onValue, onError);
  }

  /** Ends the task with a value; only the spawner calls it. */
  succeed(value: T): void {
    this.#state = SUCCEEDED;
    this.#outcome = value;
    this.#settle?.resolve(value);
    this.#wake();
  }

  /** Ends the task with an error; only the spawner calls it. */
  fail(error: JoinError): void {
    this.#state = FAILED;
    this.#outcome = error;
    this.#settle?.reject(error);
    this.#wake();
  }

  #wake(): void {
    const wakers = this.#wakers;
    if (wakers === undefined) return;
    this.#wakers = undefined;
    this.#isObserved = true;
    for (const waker of wakers) waker.wake();
  }
}
