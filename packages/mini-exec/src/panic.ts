// What happens when a task throws. The task's handle fails with a JoinError. If nobody has
// looked at it by the time the thread turns to other things, the panic would vanish; so by
// default the executor shuts down and the error is raised where the host reports it and
// ends the process with an exit code that is not zero.
//
// Source: `UnhandledPanic` of Tokio; the panic hook of Rust.

import { scheduleMacrotask, describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { Waker } from './core/future.ts';
import type { Task } from './core/task.ts';
import type { JoinError } from './errors.ts';
import { trace } from './tracing/trace.ts';

/** Says what to do about tasks that throw. */
export interface PanicOptions {
  /**
   * What happens when a task has thrown and nobody joins it: `'shutdown'`, the default, drops
   * all tasks of the executor and raises the error as an unhandled rejection, or out of
   * `blockOn`; `'ignore'` goes on.
   */
  readonly unhandledPanic?: 'shutdown' | 'ignore' | undefined;
  /** Is called for every task that throws, joined or not, before anybody else is told. */
  readonly onPanic?: ((error: JoinError) => void) | undefined;
}

interface Panic {
  readonly task: Task<unknown>;
  readonly error: JoinError;
  /** Those that waited for the task when it threw. */
  readonly joiners: readonly Waker[];
}

/** Applies the policy of one executor. */
export class PanicPolicy {
  readonly #ignored: boolean;
  readonly #hook: ((error: JoinError) => void) | undefined;
  readonly #shutdown: () => void;
  #unjoined: Panic[] = [];

  constructor({ unhandledPanic = 'shutdown', onPanic }: PanicOptions, shutdown: () => void) {
    if (unhandledPanic !== 'shutdown' && unhandledPanic !== 'ignore') {
      throw new InvalidArgumentError(`unhandledPanic must be "shutdown" or "ignore", not ${describe(unhandledPanic)}`);
    }
    if (onPanic !== undefined && typeof onPanic !== 'function') {
      throw new InvalidArgumentError(`onPanic must be a function, not ${describe(onPanic)}`);
    }
    this.#ignored = unhandledPanic === 'ignore';
    this.#hook = onPanic;
    this.#shutdown = shutdown;
  }

  /** Takes note of a task that threw, before those that wait for it are woken. */
  add(task: Task<unknown>, error: JoinError): void {
    trace.sink?.panicked(task, error);
    try {
      this.#hook?.(error);
    } catch (raised) {
      raise(raised);
    }
    if (this.#ignored) return;
    const joiners = task.wakers === undefined ? [] : [task.wakers].flat();
    // One turn later, whoever awaits the task's handle has seen the error, or is about to.
    if (this.#unjoined.push({ task, error, joiners }) === 1) scheduleMacrotask(() => this.#apply(raise));
  }

  /** Applies the policy now, since the thread is about to sleep; throws the error that nobody joined. */
  throwUnjoined(): void {
    if (this.#unjoined.length > 0) {
      this.#apply((error) => {
        throw error;
      });
    }
  }

  #apply(report: (error: unknown) => void): void {
    const panics = this.#unjoined.filter(({ task, joiners }) => !task.isObserved && !joiners.some(isAlive));
    this.#unjoined = [];
    if (panics.length === 0) return;
    this.#shutdown();
    for (const { error } of panics) report(error);
  }
}

/** Tells whether a joiner will have its turn: not if it is a task that was aborted meanwhile. */
function isAlive(joiner: Partial<Task<unknown>>): boolean {
  return joiner.isFinished !== true;
}

/** Has the host report an error, as it does what nobody catches. */
function raise(error: unknown): void {
  void Promise.reject(error);
}
