// What can go wrong in an executor, as error classes.

import { ConcurrencyError } from '@concurrency-lab/atomics';

/** Reports, to whoever joins a task, that the task threw (the `cause` says what) or was aborted. */
export class JoinError extends ConcurrencyError {
  override readonly name = 'JoinError';
  override readonly code: 'ERR_TASK_PANICKED' | 'ERR_TASK_CANCELLED';

  private constructor(code: JoinError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Wraps what a task threw. */
  static panicked(cause: unknown): JoinError {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new JoinError('ERR_TASK_PANICKED', `the task panicked: ${message}`, { cause });
  }

  /** Says that a task was aborted before it came to a value. */
  static cancelled(): JoinError {
    return new JoinError('ERR_TASK_CANCELLED', 'the task was cancelled');
  }

  /** Tells that the task threw. */
  get isPanic(): boolean {
    return this.code === 'ERR_TASK_PANICKED';
  }

  /** Tells that the task was aborted. */
  get isCancelled(): boolean {
    return this.code === 'ERR_TASK_CANCELLED';
  }
}

/** Reports a `blockOn` that could never return, since nothing can wake what it waits for. */
export class DeadlockError extends ConcurrencyError {
  override readonly name = 'DeadlockError';
  override readonly code = 'ERR_DEADLOCK';

  constructor() {
    super(
      'blockOn() waits, and no task is ready that could wake it; I/O, timers and promises ' +
        'need the event loop, which stands still meanwhile: spawn the future and await its handle',
    );
  }
}
