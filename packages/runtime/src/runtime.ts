// The runtime, as the thread that built it sees it: spawns tasks, hears of their ends, and
// looks after the workers.

import { requireInteger, requireTimeout, scheduleMacrotask } from '@concurrency-lab/atomics';
import { RuntimeBuilder, type RuntimeOptions } from './builder.ts';
import { RuntimeShutdownError } from './errors.ts';
import type { JoinHandle, SpawnedTask } from './join-handle.ts';
import { Inspector } from './inspect.ts';
import type { MachineWakerHandle } from './machines/context.ts';
import { requireNoMachine } from './machines/machine.ts';
import { readMetrics, type RuntimeMetrics } from './metrics.ts';
import { wakeOne } from './scheduler/finder.ts';
import { IdleSet } from './scheduler/idle.ts';
import { ABORTS, type Lane, lanesOf } from './scheduler/lanes.ts';
import { NONE, RuntimeMemory } from './scheduler/memory.ts';
import { BLOCKING, QUEUED } from './scheduler/slot.ts';
import { Spawner } from './spawner.ts';
import { Supervisor } from './supervisor.ts';
import { TaskTable } from './tasks/task-table.ts';
import { requireTask, type Task } from './tasks/task.ts';
import { requireNoRuntimeWorker } from './tasks/thread-role.ts';
import { Spill } from './wire/spill.ts';
import { Wire } from './wire/wire.ts';

/** The seat of the thread that built the runtime; those of workers follow. */
const MAIN_SEAT = 1;

/** So long the event loop looks for ends before it waits to be woken, in milliseconds. */
const POLL_MS = 0.2;
/** So soon an end must come, for the next ones to be polled for. */
const PATIENCE_MS = 0.3;

/** A task that found no free slot, and waits for one. */
interface Waiting {
  readonly handle: SpawnedTask<unknown>;
  readonly what: number;
  readonly args: readonly unknown[];
  /** The state in which it is to wait: QUEUED, or BLOCKING for the blocking pool. */
  readonly queued: number;
}

/**
 * Runs tasks on worker threads, which share them among each other.
 *
 * Source: the multi-thread runtime of Tokio.
 *
 * @example
 * ```ts
 * import { Runtime } from '@concurrency-lab/runtime';
 *
 * const rt = Runtime.builder().workerThreads(2).build();
 * rt.workerThreads; // => 2
 * await rt.shutdown();
 * ```
 */
export class Runtime implements AsyncDisposable {
  readonly #memory: RuntimeMemory;
  readonly #lanes: readonly Lane[];
  readonly #main: Lane;
  readonly #idle: IdleSet;
  readonly #tasks: TaskTable = TaskTable.create();
  readonly #spawner: Spawner;
  readonly #supervisor: Supervisor;
  readonly #options: RuntimeOptions;
  readonly #inspector: Inspector;
  /** Tasks that wait for a slot, the first first. */
  #waiting: Waiting[] = [];
  #isListening = false;
  #listensSince = 0;
  #pollsFor: number = POLL_MS;
  #isShutDown = false;

  /** Builds the runtime that a builder describes; {@link Runtime.builder} makes one. */
  constructor(options: RuntimeOptions) {
    requireNoRuntimeWorker();
    this.#options = options;
    this.#memory = RuntimeMemory.create({
      lanes: options.workerThreads + 1,
      blocking: options.maxBlockingThreads,
      slots: options.maxTasks,
    });
    this.#lanes = lanesOf(this.#memory);
    this.#main = this.#lanes[0]!;
    this.#idle = new IdleSet(this.#memory);
    const spill = Spill.create();
    this.#main.seat = MAIN_SEAT;
    const wire = new Wire({
      buffer: this.#memory.buffer,
      spill,
      lane: 0,
      seat: MAIN_SEAT,
      send: (message) => this.#supervisor.route(message),
    });
    this.#spawner = new Spawner(this.#memory, this.#lanes, 0, wire, {
      joinedLate: () => this.#main.bell.ring(true),
      askedToEnd: (at, seat) => this.#askedToEnd(at, seat),
      panicked: (task) => this.#panicked(task),
      queue: (slot) => this.#enqueue(slot, QUEUED),
    });
    this.#supervisor = new Supervisor(this.#memory, this.#lanes, this.#idle, this.#tasks, spill.handle, options, {
      received: (message) => wire.receive(message),
      lost: (why) => {
        this.#spawner.endLost(why);
        this.#flush();
      },
      gone: () => wire.lost(this.#lanes.map(({ seat }) => seat)),
      drain: () => this.#spawner.drainAll(),
      failed: (error) => this.#fail(error),
    });
    this.#inspector = new Inspector(options.name, this.#memory, this.#lanes, this.#tasks, () => this.metrics());
  }

  /** Begins to describe a runtime. */
  static builder(): RuntimeBuilder {
    return new RuntimeBuilder((options) => new Runtime(options));
  }

  /** Tells how many threads run tasks. */
  get workerThreads(): number {
    return this.#options.workerThreads;
  }

  /**
   * Spawns a task: it begins as soon as a worker has time for it, whether its handle is awaited
   * or not. Never blocks. Keeps the process alive until the task has ended.
   *
   * @throws {RuntimeShutdownError} after {@link Runtime.shutdown}
   * @throws {InvalidArgumentError} on anything but a task, and on arguments that cannot be sent
   */
  spawn<Args extends readonly unknown[], Result>(task: Task<Args, Result>, ...args: Args): JoinHandle<Result> {
    return this.#spawn(task, args, QUEUED);
  }

  /**
   * Spawns a task on the blocking pool: threads beside the workers, where `Atomics.wait`, synchronous
   * I/O and anything else that blocks holds nobody up. The pool starts threads as they are needed, up
   * to the builder's `maxBlockingThreads`, and ends those that had nothing to do for `threadKeepAlive`;
   * further tasks wait, the first first. Each thread runs one task at a time, an async one to its end.
   * Never blocks itself.
   *
   * This thread gives the tasks to the threads: while it computes without a pause, those that wait stay where
   * they are. Aborting acts as on a worker: a task that has not begun never runs; one that runs is asked
   * to end (`cancellation()`), and after `abortTimeout` its thread is terminated, even if it sleeps.
   *
   * @throws {RuntimeShutdownError} after {@link Runtime.shutdown}
   * @throws {InvalidArgumentError} on anything but a task, on a machine, and on arguments that cannot be sent
   */
  spawnBlocking<Args extends readonly unknown[], Result>(task: Task<Args, Result>, ...args: Args): JoinHandle<Result> {
    requireNoMachine(requireTask(task));
    return this.#spawn(task, args, BLOCKING);
  }

  #spawn<Args extends readonly unknown[], Result>(
    task: Task<Args, Result>,
    args: Args,
    queued: number,
  ): JoinHandle<Result> {
    if (this.#isShutDown) throw new RuntimeShutdownError();
    const what = this.#tasks.numberOf(requireTask(task));
    const handle = this.#spawner.newTask<Result>(task.taskName);
    const spawned = handle as SpawnedTask<unknown>;
    const slot = this.#waiting.length > 0 ? NONE : this.#spawner.publish(spawned, what, args, queued);
    if (slot === NONE) this.#waiting.push({ handle: spawned, what, args, queued });
    else this.#enqueue(slot, queued);
    this.#listen();
    return handle;
  }

  /**
   * Wakes a machine, from the thread that built the runtime. A handle of a machine that has ended
   * may wake another one, for nothing.
   *
   * @param handle - the `handle` of the machine's `cx.waker`
   * @throws {InvalidArgumentError} on anything but such a handle
   */
  wakeMachine(handle: MachineWakerHandle): void {
    this.#supervisor.wakeMachine(requireInteger('the handle of a machine', handle, 0, this.#memory.slots - 1));
  }

  #enqueue(slot: number, queued: number): void {
    if (queued === BLOCKING) {
      this.#supervisor.enqueueBlocking(slot);
      return;
    }
    this.#supervisor.enqueue(slot);
    wakeOne(this.#idle, this.#lanes);
  }

  // ---- hearing of ends

  /** Waits for tasks to end, while there are some. */
  #listen(): void {
    if (this.#isListening || this.#isShutDown) return;
    this.#isListening = true;
    this.#listensSince = performance.now();
    // While all workers have something to do, they need the processor more.
    if (this.#pollsFor > 0 && this.#spawner.live < this.#options.workerThreads) scheduleMacrotask(this.#poll);
    else this.#park();
  }

  /** Looks once in each turn of the event loop, for a while: a wake-up takes longer than most tasks. */
  readonly #poll = (): void => {
    if (!this.#main.inbox.isEmpty || this.#isShutDown) this.#hear();
    else if (performance.now() - this.#listensSince < this.#pollsFor) scheduleMacrotask(this.#poll);
    else this.#park();
  };

  #park(): void {
    const { bell, inbox } = this.#main;
    bell.arm();
    if (inbox.isEmpty) void bell.wait(true).then(this.#hear);
    else scheduleMacrotask(this.#hear);
  }

  readonly #hear = (): void => {
    this.#isListening = false;
    this.#pollsFor = performance.now() - this.#listensSince < PATIENCE_MS ? POLL_MS : 0;
    this.#main.bell.disarm();
    this.#spawner.drain();
    this.#flush();
    if (this.#spawner.live > 0) this.#listen();
  };

  /** Gives free slots to tasks that wait for one. */
  #flush(): void {
    let done = 0;
    for (const waiting of this.#waiting) {
      if (!waiting.handle.isFinished && !this.#publish(waiting)) break;
      done++;
    }
    if (done > 0) this.#waiting = this.#waiting.slice(done);
  }

  /** Gives a slot to a task that waits for one; false where there is none yet. */
  #publish({ handle, what, args, queued }: Waiting): boolean {
    try {
      const slot = this.#spawner.publish(handle, what, args, queued);
      if (slot === NONE) return false;
      this.#enqueue(slot, queued);
    } catch (error) {
      this.#spawner.failHere(handle, error); // its arguments could be sent when it was spawned, perhaps; now they cannot
    }
    return true;
  }

  // ---- aborts and panics

  #askedToEnd(at: number, seat: number): void {
    for (const lane of this.#lanes) if (lane.seat === seat) lane.call(ABORTS);
    this.#supervisor.endWithin(at, seat);
  }

  #panicked(task: SpawnedTask<unknown>): void {
    if (this.#options.unhandledPanic === 'ignore') return;
    scheduleMacrotask(() => {
      if (task.isJoined) return;
      task.then(undefined, (error: unknown) => this.#fail(error));
    });
  }

  /** Shuts down because of an error that nobody else will see, and has the host report it. */
  #fail(error: unknown): void {
    void this.shutdown();
    void Promise.reject(error);
  }

  // ---- the end

  /**
   * Shuts the runtime down: tasks that have not begun, and those that wait, are cancelled; those that run may end,
   * for at most the builder's `abortTimeout`, and the process lives that long. Then the workers are terminated. Once the
   * promise resolves, nothing of the runtime is left.
   */
  shutdown(): Promise<void> {
    return this.#shutDown(undefined, false);
  }

  /**
   * Shuts the runtime down as {@link Runtime.shutdown}, and lets tasks that run end for so long.
   *
   * @param timeout - milliseconds; 0 terminates at once, `Infinity` waits for all of them
   * @throws {InvalidArgumentError} as a rejection, on anything but a number from 0 up
   *
   * @example
   * ```ts
   * import { Runtime } from '@concurrency-lab/runtime';
   *
   * const rt = Runtime.builder().workerThreads(1).build();
   * await rt.shutdownTimeout(100);
   * rt.metrics().liveTasks; // => 0
   * ```
   */
  shutdownTimeout(timeout: number): Promise<void> {
    return this.#shutDown(timeout, false);
  }

  async #shutDown(timeout: number | undefined, isInBackground: boolean): Promise<void> {
    if (timeout !== undefined) requireTimeout(timeout);
    this.#isShutDown = true;
    this.#inspector.close();
    await this.#supervisor.shutdown(timeout, isInBackground);
    this.#spawner.drain();
    this.#spawner.cancelAll();
    for (const { handle } of this.#waiting.splice(0)) handle.abort();
    this.#main.bell.ring(true);
  }

  /**
   * Shuts the runtime down as {@link Runtime.shutdown}, and waits for nothing: returns at once. What runs may go
   * on to its end, for which no limit is set, and does not keep the process alive; a handle of it settles once its worker has
   * left.
   */
  shutdownBackground(): void {
    void this.#shutDown(Infinity, true);
    this.#main.bell.ring(true);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /**
   * Reads how the runtime is doing, without stopping anything: counts as of some milliseconds ago.
   * Never blocks; takes some microseconds for each worker.
   *
   * @example
   * ```ts
   * import { Runtime } from '@concurrency-lab/runtime';
   *
   * const rt = Runtime.builder().workerThreads(2).build();
   * const { workers, liveTasks, waitingTasks } = rt.metrics();
   * [workers.length, liveTasks, waitingTasks]; // => [2, 0, 0]
   * await rt.shutdown();
   * ```
   */
  metrics(): RuntimeMetrics {
    return readMetrics(this.#memory, this.#lanes.slice(0, this.#memory.lanes), this.#idle, {
      blocking: this.#supervisor.blocking,
      liveTasks: this.#spawner.live + this.#waiting.length,
      waitingTasks: this.#waiting.length,
    });
  }
}
