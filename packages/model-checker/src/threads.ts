// The threads of a model, as the test sees them.

import { newThread, startThread } from './engine/execution.ts';
import { InvalidModelError } from './errors.ts';
import { JOIN, TERMINATE } from './engine/kinds.ts';
import { giveWay } from './engine/operations.ts';
import { x } from './engine/state.ts';
import { join, NO_LIST, record } from './engine/steps.ts';
import { FINISHED, type Thread } from './engine/thread.ts';
import { traceJoin } from './engine/trace.ts';
import { LEAF, SELF, TWIN, type Instrumented, type Twin } from './runtime/twins.ts';

type Generating = Generator<unknown, unknown, unknown>;

/** Holds the options of {@link spawn}. */
export interface SpawnOptions {
  /** Names the thread in reports; `T1`, `T2` … where not given. */
  readonly name?: string | undefined;
  /** False for a thread on which `Atomics.wait` throws, as on a page's main thread; true where not given. */
  readonly canBlock?: boolean | undefined;
  /** True for a thread that may be terminated before any of its steps: each possibility is explored. */
  readonly mayBeTerminated?: boolean | undefined;
}

/** Stands for a thread of the running model. */
export interface ModelThread<T> {
  /** The name that reports show. */
  readonly name: string;
  /** Tells whether the thread was terminated before its function returned; ask after `join`. */
  readonly wasTerminated: boolean;
  /**
   * Waits for the thread to end, and gives what its function returned; undefined where it was
   * terminated. All that the thread did happens before the return.
   */
  join(): T;
}

class Handle<T> implements ModelThread<T> {
  readonly thread: Thread;

  constructor(thread: Thread) {
    this.thread = thread;
  }

  get name(): string {
    return this.thread.name;
  }

  get wasTerminated(): boolean {
    return this.thread.wasTerminated;
  }

  join(): T {
    throw new InvalidModelError('join() waits, which only instrumented code can: instrument the file that calls it');
  }
}

(Handle.prototype.join as Instrumented)[TWIN] = function* (this: Handle<unknown>): Generating {
  const current = x.current!;
  current.kind = JOIN;
  current.view = undefined;
  current.cells = 0;
  current.target = this.thread;
  if (giveWay(current)) yield;
  current.wakeAfter(this.thread.dependency);
  record(current, JOIN, 0, 0, false, NO_LIST, current.lifeKey);
  join(current.happensBefore, this.thread.happensBefore);
  if (x.trace !== undefined) traceJoin(current, this.thread);
  return this.thread.result;
} as Twin;

/**
 * Starts a thread of the model that runs `fn`; what the caller did before happens before it.
 *
 * The function may be async: the thread then runs its own event loop until the promise settles.
 * Whatever it throws fails the model. At most eight threads, the main one included.
 *
 * @throws {InvalidModelError} outside of a model, and on a function that is not instrumented
 */
export function spawn<T>(fn: () => T, options: SpawnOptions = {}): ModelThread<Awaited<T>> {
  const parent = x.current;
  if (parent === undefined)
    throw new InvalidModelError('spawn() starts a thread of a model: call it within explore() or verify()');
  const generator = generatorOf(fn, 'the function of a thread');
  const thread = newThread(parent);
  if (options.name !== undefined) thread.name = options.name;
  thread.canBlock = options.canBlock ?? true;
  if (options.mayBeTerminated === true) {
    thread.lifeKey = x.memory.virtualKey();
    const reaper = newThread(parent);
    reaper.name = `end of ${thread.name}`;
    startThread(thread, generator, parent);
    startThread(reaper, terminate(reaper, thread), parent);
  } else startThread(thread, generator, parent);
  return new Handle(thread);
}

/** Finds the generator of an instrumented function without parameters. */
export function generatorOf(fn: unknown, what: string): Generating {
  if (typeof fn !== 'function') throw new InvalidModelError(`${what} must be a function, not ${typeof fn}`);
  const instrumented = fn as Instrumented;
  const twin = instrumented[TWIN];
  if (twin !== undefined) return Reflect.apply(twin, instrumented[SELF], []);
  if (LEAF in instrumented) return leaf(instrumented);
  throw new InvalidModelError(
    `${what} is not instrumented: add modelChecker() of @concurrency-lab/model-checker/vite to the plugins of your ` +
      'vitest config, and write the function in a file that imports this package or that `include` names',
  );
}

// eslint-disable-next-line require-yield
function* leaf(fn: Instrumented): Generating {
  return Reflect.apply(fn, undefined, []) as unknown;
}

function* terminate(reaper: Thread, thread: Thread): Generating {
  reaper.kind = TERMINATE;
  reaper.key = thread.lifeKey;
  reaper.cells = 1;
  reaper.target = thread;
  if (giveWay(reaper)) yield;
  record(reaper, TERMINATE, thread.lifeKey, 1, true, NO_LIST);
  if (thread.status === FINISHED) return undefined;
  const { waiters } = x.memory.cell(thread.key);
  const at = waiters.indexOf(thread);
  if (at >= 0) waiters.splice(at, 1);
  thread.status = FINISHED;
  thread.wasTerminated = true;
  thread.result = undefined;
  x.trace?.push({
    thread: thread.id,
    kind: 'terminated',
    place: '',
    text: 'is terminated',
    site: thread.site,
    step: x.depth - 1,
    isPlain: false,
  });
  return undefined;
}
