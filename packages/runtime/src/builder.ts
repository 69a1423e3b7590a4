// Describes a runtime before it is built.

import { describe, InvalidArgumentError, requireInteger } from '@concurrency-lab/atomics';
import type { Runtime } from './runtime.ts';
import { MOST_BLOCKING, MOST_SLOTS, MOST_WORKERS, SLOTS_PER_PAGE } from './scheduler/memory.ts';
import type { GivenWorker, WorkerOptions } from './worker/start.ts';

/** Says what happens to an error that nobody sees. */
export type UnhandledPanic = 'shutdownRuntime' | 'ignore';

/** Holds everything that a builder was told. */
export interface RuntimeOptions {
  readonly workerThreads: number;
  readonly name: string;
  readonly maxTasks: number;
  readonly maxBlockingThreads: number;
  readonly threadKeepAlive: number;
  readonly abortTimeout: number;
  readonly spinTime: number;
  readonly unhandledPanic: UnhandledPanic;
  readonly workerOptions: WorkerOptions;
  /** Starts a worker in place of this package's own entry. */
  readonly worker: (() => GivenWorker) | undefined;
}

/** Longer than any thread takes to be woken, and short enough for a worker to stay attentive. */
const MOST_SPIN_MS = 100;

/** Describes a runtime; every method returns the builder. */
export class RuntimeBuilder {
  readonly #build: (options: RuntimeOptions) => Runtime;
  #workerThreads: number | undefined = undefined;
  #name = 'runtime';
  #maxTasks = 65_536;
  #maxBlockingThreads = 32;
  #threadKeepAlive = 10_000;
  #abortTimeout = 1000;
  #spinTime = 0;
  #unhandledPanic: UnhandledPanic = 'shutdownRuntime';
  #workerOptions: WorkerOptions = {};
  #worker: (() => GivenWorker) | undefined = undefined;

  /** Makes a builder that builds with the given function. */
  constructor(build: (options: RuntimeOptions) => Runtime) {
    this.#build = build;
  }

  /** Sets the number of threads that run tasks, 1 to 256; as many as the machine has processors where not given. */
  workerThreads(count: number): this {
    this.#workerThreads = requireInteger('workerThreads', count, 1, MOST_WORKERS);
    return this;
  }

  /**
   * Sets to how many threads the blocking pool may grow, 1 to 512; 32 where not given. They are beside
   * the workers, are started when they are needed, and each takes some milliseconds to start and some
   * megabytes. Further blocking tasks wait.
   */
  maxBlockingThreads(count: number): this {
    this.#maxBlockingThreads = requireInteger('maxBlockingThreads', count, 1, MOST_BLOCKING);
    return this;
  }

  /** Sets after how many milliseconds without a task a thread of the blocking pool ends; 10,000 where not given. */
  threadKeepAlive(milliseconds: number): this {
    this.#threadKeepAlive = requireMilliseconds('threadKeepAlive', milliseconds);
    return this;
  }

  /** Names the threads, for debuggers. */
  name(name: string): this {
    if (typeof name !== 'string') throw new InvalidArgumentError(`name must be a string, not ${describe(name)}`);
    this.#name = name;
    return this;
  }

  /**
   * Sets how many tasks can be in shared memory at a time, 32 to 1,048,576, rounded up to a
   * multiple of 32; 65,536 where not given. Each takes 128 bytes, and threads take the room for 32 at
   * a time: with little of it, a worker may find none. Further tasks wait, where the runtime was built; what a task spawns
   * runs on its own worker then, and a machine gets a `NoFreeSlotError`.
   */
  maxTasks(count: number): this {
    const slots = requireInteger('maxTasks', count, SLOTS_PER_PAGE, MOST_SLOTS);
    this.#maxTasks = Math.ceil(slots / SLOTS_PER_PAGE) * SLOTS_PER_PAGE;
    return this;
  }

  /**
   * Sets how long an aborted task may go on running, in milliseconds, before its worker is
   * terminated and replaced; 1000 where not given.
   */
  abortTimeout(milliseconds: number): this {
    this.#abortTimeout = requireMilliseconds('abortTimeout', milliseconds);
    return this;
  }

  /**
   * Sets how long a worker without tasks goes on looking for some before it blocks, in
   * milliseconds, 0 to 100; 0 where not given. Spares short tasks that come one by one the time in which
   * the system wakes a thread, and costs a processor meanwhile: worth it where there are more
   * processors than busy threads. Some tenths are enough.
   */
  spinTime(milliseconds: number): this {
    this.#spinTime = requireMilliseconds('spinTime', milliseconds, MOST_SPIN_MS);
    return this;
  }

  /**
   * Sets what happens when a task has thrown and nobody joins it, or an error that nobody caught has ended a
   * worker without a task: `'shutdownRuntime'`, where not given, shuts down and raises the error as an unhandled
   * rejection; `'ignore'` goes on.
   */
  unhandledPanic(what: UnhandledPanic): this {
    if (what !== 'shutdownRuntime' && what !== 'ignore') {
      throw new InvalidArgumentError(`unhandledPanic must be "shutdownRuntime" or "ignore", not ${describe(what)}`);
    }
    this.#unhandledPanic = what;
    return this;
  }

  /** Sets what workers of Node are started with: limits of memory, environment, flags. Without effect in browsers. */
  workerOptions(options: WorkerOptions): this {
    if (typeof options !== 'object' || options === null) {
      throw new InvalidArgumentError(`workerOptions must be an object, not ${describe(options)}`);
    }
    this.#workerOptions = options;
    return this;
  }

  /**
   * Sets how a worker is started, for programs that are bundled: the bundler must see the `new Worker(new
   * URL('./my-worker.js', import.meta.url), { type: 'module' })`, and that entry must call `serve()` with the modules
   * of all tasks. Called for each worker, also for one that takes the place of another.
   *
   * @throws {InvalidArgumentError} on anything but a function
   */
  worker(start: () => GivenWorker): this {
    if (typeof start !== 'function') {
      throw new InvalidArgumentError(`worker() needs a function that returns a new Worker, not ${describe(start)}`);
    }
    this.#worker = start;
    return this;
  }

  /**
   * Builds the runtime and starts its workers. Never blocks: tasks can be spawned at once.
   *
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  build(): Runtime {
    return this.#build({
      workerThreads: this.#workerThreads ?? processors(),
      name: this.#name,
      maxTasks: this.#maxTasks,
      maxBlockingThreads: this.#maxBlockingThreads,
      threadKeepAlive: this.#threadKeepAlive,
      abortTimeout: this.#abortTimeout,
      spinTime: this.#spinTime,
      unhandledPanic: this.#unhandledPanic,
      workerOptions: this.#workerOptions,
      worker: this.#worker,
    });
  }
}

function requireMilliseconds(name: string, value: number, most = Infinity): number {
  if (typeof value === 'number' && value >= 0 && value <= most) return value;
  throw new InvalidArgumentError(`${name} must be a number of milliseconds from 0 to ${most}, not ${describe(value)}`);
}

/** Counts the processors that this program may use. */
function processors(): number {
  const os = globalThis.process?.getBuiltinModule?.('node:os');
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  const count = os?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
  return Math.min(Math.max(count, 1), MOST_WORKERS);
}
