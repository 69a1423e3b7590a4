// What can go wrong in a runtime, as error classes.

import { ConcurrencyError, describe } from '@concurrency-lab/atomics';

/** Reports that the worker which ran a task is gone: it exited, was terminated or ran out of memory; the `cause` says why, where it is known. */
export class WorkerLostError extends ConcurrencyError {
  override readonly name = 'WorkerLostError';
  override readonly code = 'ERR_WORKER_LOST';
}

/** Makes the error for a worker that is gone; `why`, where it is known. */
export function workerLost(why: unknown, message = 'the worker that ran the task is gone'): WorkerLostError {
  if (why === undefined) return new WorkerLostError(message);
  return new WorkerLostError(`${message}: ${why instanceof Error ? why.message : describe(why)}`, { cause: why });
}

/** Reports a use of a runtime after it was shut down. */
export class RuntimeShutdownError extends ConcurrencyError {
  override readonly name = 'RuntimeShutdownError';
  override readonly code = 'ERR_RUNTIME_SHUT_DOWN';

  constructor() {
    super('the runtime was shut down');
  }
}

/** Reports a call that needs a runtime on a thread that is no worker of one. */
export class NoRuntimeError extends ConcurrencyError {
  override readonly name = 'NoRuntimeError';
  override readonly code = 'ERR_NO_RUNTIME';

  constructor(
    operation: string,
    where = 'works only within a task of a runtime; elsewhere, call the method of the runtime itself',
  ) {
    super(`${operation} ${where}`);
  }
}

/** Reports a task that a machine could not spawn, since there is no room for one on its thread. */
export class NoFreeSlotError extends ConcurrencyError {
  override readonly name = 'NoFreeSlotError';
  override readonly code = 'ERR_NO_FREE_SLOT';

  constructor(slots: number) {
    super(
      `this thread has no room for another task: the runtime has room for ${slots}, of which threads take 32 at a time; ` +
        `the builder's maxTasks() says how much there is`,
    );
  }
}
