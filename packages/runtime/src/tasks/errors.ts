// What can go wrong in finding tasks, as error classes.

import { ConcurrencyError } from '@concurrency-lab/atomics';

/** Reports a task that a worker cannot find by its module and name; the message says what it found instead. */
export class UnknownTaskError extends ConcurrencyError {
  override readonly name = 'UnknownTaskError';
  override readonly code = 'ERR_UNKNOWN_TASK';
}

/** Reports that a runtime has no room for the name of another task. */
export class TaskTableFullError extends ConcurrencyError {
  override readonly name = 'TaskTableFullError';
  override readonly code = 'ERR_TASK_TABLE_FULL';

  constructor(bytes: number) {
    super(
      `the names of the tasks of this runtime take ${bytes} bytes, and no more fit; define tasks at the top level of ` +
        'modules, each once',
    );
  }
}

/** Reports a runtime that was to be built on a thread that is a worker of one. */
export class NestedRuntimeError extends ConcurrencyError {
  override readonly name = 'NestedRuntimeError';
  override readonly code = 'ERR_NESTED_RUNTIME';

  constructor() {
    super(
      'this thread is a worker of a runtime, and may not build another: a module that defines tasks is loaded by ' +
        'workers too, so build the runtime in another module, or only `if (!isRuntimeWorker())`; tasks spawn by spawn()',
    );
  }
}
