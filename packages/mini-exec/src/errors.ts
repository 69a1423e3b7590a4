// What can go wrong in an executor, as error classes.

import { ConcurrencyError, describe } from '@concurrency-lab/atomics';

/** Reports, to whoever joins a task, that the task threw (the `cause` says what) or was aborted. */
export class JoinError extends ConcurrencyError {
  override readonly name = 'JoinError';
  override readonly code: 'ERR_TASK_PANICKED' | 'ERR_TASK_CANCELLED';
  /** Names the task, where it was given a name. */
  readonly taskName: string | undefined;
  /** Numbers the task, as its handle does. */
  readonly taskId: number;

  private constructor(code: JoinError['code'], what: string, task: NamedTask, options?: ErrorOptions) {
    super(`the task ${task.name === undefined ? '' : `${JSON.stringify(task.name)} `}${what}`, options);
    this.code = code;
    this.taskName = task.name;
    this.taskId = task.id;
  }

  /** Wraps what a task threw. */
  static panicked(cause: unknown, task: NamedTask): JoinError {
    return new JoinError('ERR_TASK_PANICKED', `panicked: ${messageOf(cause)}`, task, { cause });
  }

  /** Says that a task was aborted before it came to a value. */
  static cancelled(task: NamedTask): JoinError {
    return new JoinError('ERR_TASK_CANCELLED', 'was cancelled', task);
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

/** Gives the message of what was thrown, which may be anything: it may have no form as a string, or throw in its turn. */
function messageOf(cause: unknown): string {
  try {
    return String(cause instanceof Error ? cause.message : cause);
  } catch {
    return describe(cause);
  }
}

interface NamedTask {
  readonly id: number;
  readonly name: string | undefined;
}

/** Reports a `blockOn` that could never return, since nothing can wake what it waits for. */
export class DeadlockError extends ConcurrencyError {
  override readonly name = 'DeadlockError';
  override readonly code = 'ERR_DEADLOCK';

  constructor() {
    super(
      'blockOn() waits, and no task is ready that could wake it, no timer is set and no waker is shared with ' +
        'another thread; promises and the I/O of node:net need the event loop, which stands still meanwhile: ' +
        'spawn the future and await its handle',
    );
  }
}

/** Reports a task that was spawned on an executor which has as many as it may have. */
export class ArenaFullError extends ConcurrencyError {
  override readonly name = 'ArenaFullError';
  override readonly code = 'ERR_ARENA_FULL';

  constructor(capacity: number) {
    super(`the executor has ${capacity} living tasks, which is its capacity`);
  }
}

/** Reports a use of an executor after it was shut down. */
export class ShutdownError extends ConcurrencyError {
  override readonly name = 'ShutdownError';
  override readonly code = 'ERR_SHUT_DOWN';

  constructor() {
    super('the executor was shut down');
  }
}

/** Reports a waker that was to be shared while as many of this thread are shared as can be. */
export class SlotsExhaustedError extends ConcurrencyError {
  override readonly name = 'SlotsExhaustedError';
  override readonly code = 'ERR_SLOTS_EXHAUSTED';

  constructor(slots: number) {
    super(`this thread shares ${slots} wakers already, which is the most; dispose of those that are no longer needed`);
  }
}
