// A worker: runs tasks where it finds them (finder.ts).
//
// Tasks that suspend stay here, and are served by this thread's event loop. While there are
// some, the worker never blocks: it runs tasks in turns, gives promises their microtasks
// between two turns, and I/O and timers theirs every millisecond. While there are none, it
// blocks for a moment when it has nothing to do, which is the quickest way to be woken, and
// waits in the event loop after that, so that what tasks have left behind there (output, open
// sockets) comes to its end.

import { CancelledError, type Cancellation, scheduleMacrotask } from '@concurrency-lab/atomics';
import { Executor, type JoinError } from '@concurrency-lab/mini-exec';
import { callFresh } from '../local/context.ts';
import { liveLocalTasks } from '../local/spawn-local.ts';
import { ABORTED, FINISHED, Spawner, type SpawnerHost } from '../spawner.ts';
import type { SpawnedTask } from '../join-handle.ts';
import { TaskCancellation } from '../task-cancellation.ts';
import { NoFreeSlotError } from '../errors.ts';
import { requireNoMachine } from '../machines/machine.ts';
import { MachineRunner, type RunnerHost } from '../machines/runner.ts';
import type { Payloads } from '../payloads.ts';
import { Counters } from '../scheduler/counters.ts';
import { BlockingFinder } from '../scheduler/blocking-finder.ts';
import { Finder, type TaskFinder } from '../scheduler/finder.ts';
import { ABORTS, type Lane, lanesOf, LOSSES } from '../scheduler/lanes.ts';
import { NONE, RuntimeMemory, SLOT } from '../scheduler/memory.ts';
import { GONE, handOver, parentOf, wake } from '../scheduler/machine-slot.ts';
import {
  ABORTING,
  BLOCKING,
  CANCELLED,
  claim,
  peek,
  putBack,
  QUEUED,
  READY,
  stateOf,
  toPool,
} from '../scheduler/slot.ts';
import { requireTask, type Task } from '../tasks/task.ts';
import { TaskTable } from '../tasks/task-table.ts';
import { presentable } from '../wire/presentable.ts';
import { type Suspended, suspend } from './suspended.ts';
import type { FromWorker, Start } from './messages.ts';

/** So many tasks run between two looks at the clock. */
const BATCH = 16;
/** So long a turn lasts, in milliseconds, before the event loop has its own. */
const TURN_MS = 1;
/** So long a worker that has nothing to do blocks before it waits in the event loop. */
const BLOCK_MS = 2;
/** So often a worker that spins looks for tasks between two looks at the clock. */
const LOOKS = 10;
/** So many turns are begun from microtasks before a worker parks or the event loop has its turn. */
const MICROTURNS = 2;
/** So long a worker waits for what one task needs before it takes others. */
const PAUSE_MS = 20;

type Body = (...args: unknown[]) => unknown;

/** Posts to the thread that built the runtime. */
export type Post = (message: FromWorker) => void;

/** A task that found no free slot, and runs where it was spawned. */
interface LocalTask {
  readonly handle: SpawnedTask<unknown>;
  readonly task: Task;
  readonly args: unknown[];
}

/** Runs tasks on this thread. */
export class Worker implements SpawnerHost, RunnerHost {
  readonly memory: RuntimeMemory;
  readonly payloads: Payloads;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #tasks: TaskTable;
  readonly #post: Post;
  readonly #lane: Lane;
  readonly #lanes: readonly Lane[];
  readonly seat: number;
  readonly #spinTime: number;
  readonly #counters: Counters;
  readonly #finder: TaskFinder;
  /** The state in which tasks wait that this thread may claim: QUEUED, or BLOCKING in the blocking pool. */
  readonly #queued: number;
  readonly #executor: Executor;
  readonly #settled: Promise<void> = Promise.resolve();
  readonly #suspended = new Map<number, Suspended>();
  readonly #machines: MachineRunner;
  readonly spawner: Spawner;
  /** What goes on when others have run. */
  readonly #aside: (() => void)[] = [];
  #state: 'turning' | 'due' | 'waiting' | 'paused' | 'left' = 'due';
  #lastEvents = 0;
  #micro = 0;
  /** Tells how this thread waits, while it does. */
  #isListening = false;
  /** Tasks that were claimed, and wait for their module or arguments. */
  #preparing = 0;
  #mayPause = true;
  /** The arguments of a task that was claimed are on their way here. */
  #isFetching = false;
  #pauseTimer: ReturnType<typeof setTimeout> | undefined = undefined;
  #wait = 0;
  /** The first word of the slot whose task is on the stack, or NONE. */
  running: number = NONE;

  constructor(start: Start, payloads: Payloads, post: Post) {
    this.memory = RuntimeMemory.from(start.memory);
    this.payloads = payloads;
    this.#words = this.memory.words;
    this.#tasks = TaskTable.from(start.tasks);
    this.#post = post;
    this.#lanes = lanesOf(this.memory);
    this.#lane = this.#lanes[start.lane]!;
    this.seat = start.seat;
    this.#counters = new Counters(this.memory, start.lane, performance.now());
    const isBlocking = start.lane >= this.memory.lanes;
    this.#queued = isBlocking ? BLOCKING : QUEUED;
    this.#spinTime = isBlocking ? 0 : start.spinTime;
    this.#finder = isBlocking
      ? new BlockingFinder(this.#lane, (taken) => post({ type: 'free', taken, live: this.spawner.live }))
      : new Finder(this.memory, this.#lanes.slice(0, this.memory.lanes), start.lane, this.#counters);
    this.#executor = new Executor({ unhandledPanic: 'ignore' });
    this.spawner = new Spawner(this.memory, this.#lanes, start.lane, payloads, this);
    this.#machines = new MachineRunner(this);
    if (start.follows) this.spawner.adopt();
    this.#turnSoon();
  }

  // ---- turns

  #turnSoon(): void {
    this.#state = 'due';
    void this.#settled.then(this.#turn);
  }

  /** Sees to it that this thread looks for tasks, after something was queued on it. */
  stir(): void {
    if (this.#state !== 'waiting') return;
    this.#awake();
    this.#lane.bell.ring(true); // ends the wait
    this.#turnSoon();
  }

  readonly #turn = (): void => {
    if (this.#state === 'left') return;
    this.#state = 'turning';
    const now = performance.now();
    this.#counters.tick(now, this.spawner.live);
    if (now - this.#lastEvents > TURN_MS && this.#lastEvents !== 0) {
      this.#lastEvents = 0;
      this.#yieldToEvents();
      return;
    }
    if (this.#lastEvents === 0) this.#lastEvents = now;
    for (let left = BATCH; ; left--) {
      if (this.#lane.isCalled && !this.#answer()) return;
      if (!this.#lane.inbox.isEmpty) this.spawner.drain();
      if (this.#preparing > 0 && this.#mayPause) {
        this.#pause();
        return;
      }
      const slot = this.#finder.next();
      if (slot === NONE) {
        this.#letGoOn();
        if (!this.#idleAway()) return;
        left = BATCH;
        continue;
      }
      this.#run(slot);
      if (left > 0) continue;
      left = BATCH;
      this.#letGoOn();
      if (this.#isServing || performance.now() - this.#lastEvents > TURN_MS) {
        this.#micro = 0;
        this.#turnSoon();
        return;
      }
    }
  };

  /** Calls back after a batch of tasks has run, or all there were, and after a turn of the event loop. */
  stepAside(goOn: () => void): void {
    this.#aside.push(goOn);
    this.stir();
  }

  #letGoOn(): void {
    if (this.#aside.length === 0) return;
    for (const goOn of this.#aside.splice(0)) scheduleMacrotask(goOn);
  }

  #yieldToEvents(): void {
    this.#finder.stopSearching();
    this.#state = 'due';
    this.#micro = 0;
    scheduleMacrotask(this.#turn);
  }

  // ---- having nothing to do

  /** Tells whether something waits here that needs the event loop: tasks that suspended, and local ones. */
  get #isServing(): boolean {
    return this.#suspended.size > 0 || this.#preparing > 0 || liveLocalTasks() > 0;
  }

  /** Parks; tells whether there may be tasks now, so that the turn goes on. */
  #idleAway(): boolean {
    if (this.#isServing && this.#micro < MICROTURNS) {
      this.#finder.stopSearching();
      this.#micro++;
      this.#turnSoon();
      return false;
    }
    this.#micro = 0;
    const now = performance.now();
    if (now - this.#lastEvents > TURN_MS) {
      this.#lastEvents = 0;
      this.#yieldToEvents();
      return false;
    }
    if (!this.#isServing && this.#spin()) return true;
    this.#counters.idle(now);
    this.#counters.tick(now, this.spawner.live);
    this.#isListening = this.#isServing;
    const maySleep = this.#isListening ? this.#finder.listen() : this.#finder.park();
    if (!maySleep || (!this.#isListening && this.#lane.bell.sleep(BLOCK_MS))) {
      this.#awake();
      return true;
    }
    this.#counters.publish(now, this.spawner.live);
    this.#state = 'waiting';
    const wait = ++this.#wait;
    void this.#lane.bell.wait(false).then(() => {
      if (this.#state !== 'waiting' || this.#wait !== wait) return;
      this.#awake();
      this.#lastEvents = performance.now();
      this.#turn();
    });
    return false;
  }

  /** Looks for tasks for a while before the thread parks; tells whether there are some. */
  #spin(): boolean {
    if (this.#spinTime === 0) return false;
    const end = performance.now() + this.#spinTime;
    do {
      for (let look = 0; look < LOOKS; look++) if (this.#finder.seesWork) return true;
    } while (performance.now() < end);
    return false;
  }

  #awake(): void {
    this.#counters.awake(performance.now());
    if (this.#isListening) this.#finder.stopListening();
    else this.#finder.wake();
    this.#lane.bell.disarm();
  }

  /** Takes no other task until the one that was claimed last can run, so that others can have them; but not for long. */
  #pause(): void {
    this.#finder.stopSearching();
    this.#state = 'paused';
    this.#pauseTimer = setTimeout(() => {
      this.#mayPause = false;
      this.#resume();
    }, PAUSE_MS);
  }

  #resume(): void {
    if (this.#state !== 'paused') return;
    clearTimeout(this.#pauseTimer);
    this.#turnSoon();
  }

  /** Does what other threads have asked for; tells whether to go on. */
  #answer(): boolean {
    const calls = this.#lane.takeCalls();
    if ((calls & ABORTS) !== 0) {
      for (const [slot, suspended] of this.#suspended) {
        if (stateOf(peek(this.memory, this.memory.slotAt(slot))) === ABORTING) suspended.abort();
      }
    }
    if ((calls & LOSSES) !== 0) this.spawner.endLost(undefined);
    if (!this.memory.isClosing) return true;
    this.#leave();
    return false;
  }

  /** Leaves the runtime: ends what is suspended here, and says so. */
  #leave(): void {
    this.#state = 'left';
    for (const suspended of this.#suspended.values()) suspended.abort();
    this.#counters.publish(performance.now(), this.spawner.live);
    this.#post({ type: 'left' });
  }

  // ---- running tasks

  #run(slot: number): void {
    const at = this.memory.slotAt(slot);
    const from = claim(this.memory, at, this.seat, this.#queued);
    if (from === NONE) return;
    this.#counters.polls++;
    if (from === CANCELLED) {
      this.#dropClaimed(slot, at);
      return;
    }
    this.#begin(slot, at, from);
  }

  /** Runs a task that was claimed, and from which state, once everything is here that it needs. */
  #begin(slot: number, at: number, from: number): void {
    const what = this.#words[at + SLOT.task]!; // S7
    const task = this.#tasks.find(what);
    if (task === undefined) {
      if (this.#queued === BLOCKING)
        this.holdUntil(slot, at, this.#tasks.load(what), () => this.#begin(slot, at, from));
      else void this.#load(slot, at, what, from);
      return;
    }
    if (from === READY) {
      this.#poll(slot, at, task);
      return;
    }
    const tag = this.#words[at + SLOT.tag]!; // S7
    if (this.#isFetching && this.payloads.isElsewhere(tag)) {
      this.#leaveToOthers(slot, at);
      return;
    }
    const fetching = this.payloads.fetch(this.memory.payloadAt(at), tag);
    if (fetching === undefined) {
      this.#start(slot, at, task);
      return;
    }
    this.#isFetching = true;
    this.holdUntil(slot, at, fetching, () => this.#start(slot, at, task));
    const end = (): void => void (this.#isFetching = false);
    void fetching.then(end, end); // when the task has begun
  }

  /**
   * Puts back a task that was claimed while the arguments of another one are on their way here. If both were
   * kept, the one that comes first could wait for the other without giving this thread up.
   */
  #leaveToOthers(slot: number, at: number): void {
    this.#mayPause = true;
    if (putBack(this.memory, at, this.seat)) this.queueLast(slot);
    else this.#dropClaimed(slot, at);
  }

  /** Goes on with a machine that has waited. */
  #poll(slot: number, at: number, task: Task): void {
    const outer = this.running;
    this.running = at;
    callFresh(() => this.#machines.resume(slot, at, task), []);
    this.running = outer;
  }

  /**
   * Loads the module of a task, at its first use on this thread. Meanwhile the task is nobody's, and in
   * no queue: it is not lost with this thread, as one that has begun would be; the recovery queues it.
   */
  async #load(slot: number, at: number, what: number, from: number): Promise<void> {
    const isBack = from === READY ? this.#machines.putBack(at) : putBack(this.memory, at, this.seat);
    if (!isBack) {
      this.#dropClaimed(slot, at);
      return;
    }
    this.#preparing++;
    try {
      await this.#tasks.load(what);
      this.queue(slot);
    } catch (error) {
      const claimed = claim(this.memory, at, this.seat);
      if (claimed === CANCELLED) this.#dropClaimed(slot, at);
      else if (claimed !== NONE) {
        this.payloads.reclaim(this.memory.payloadAt(at));
        this.fail(slot, at, error);
      }
    } finally {
      this.#prepared();
    }
  }

  /** Ends a task that was claimed, and aborted before it began. */
  #dropClaimed(slot: number, at: number): void {
    this.payloads.drop(this.memory.payloadAt(at), this.#words[at + SLOT.tag]!); // S7
    this.abort(slot, at);
  }

  /** Queues a slot, to be claimed next. */
  queue(slot: number): void {
    this.#wasQueued(this.#finder.push(slot));
  }

  /** Queues a slot behind all others. */
  queueLast(slot: number): void {
    this.#wasQueued(this.#finder.pushLast(slot));
  }

  #wasQueued(displaced: number): void {
    if (displaced !== NONE) this.#post({ type: 'noRoom', slot: displaced });
    this.stir();
  }

  #start(slot: number, at: number, task: Task): void {
    let value: unknown;
    const outer = this.running;
    this.running = at;
    try {
      const args = this.payloads.take(this.memory.payloadAt(at), this.#words[at + SLOT.tag]!) as unknown[]; // S7
      if (task.kind === 'machine') {
        callFresh(() => this.#machines.begin(slot, at, task, args), []);
        return;
      }
      value = callFresh(task.body as Body, args);
      if (typeof value === 'object' && value !== null) {
        const suspended = suspend(task, value, this.#executor);
        if (suspended !== undefined) {
          this.#hold(slot, at, suspended);
          return;
        }
      }
    } catch (error) {
      this.fail(slot, at, error);
      return;
    } finally {
      this.running = outer;
    }
    this.succeed(slot, at, value);
  }

  /** Keeps a claimed task until something has come to this thread that it needs, its arguments for example. */
  holdUntil(slot: number, at: number, needed: Promise<unknown>, then: () => void): void {
    void this.#holdUntil(slot, at, needed, then);
  }

  async #holdUntil(slot: number, at: number, needed: Promise<unknown>, then: () => void): Promise<void> {
    let isAborted = false;
    const abort = (): void => {
      isAborted = true;
      this.#suspended.delete(slot);
      this.#dropClaimed(slot, at);
    };
    this.#suspended.set(slot, { abort });
    this.#preparing++;
    try {
      await needed;
      if (!isAborted) {
        this.#suspended.delete(slot);
        then(); // before others are taken: it may run long
      }
    } catch (error) {
      if (isAborted) return;
      this.#suspended.delete(slot);
      this.payloads.reclaim(this.memory.payloadAt(at)); // the module is not there, or the arguments are not
      this.fail(slot, at, error);
    } finally {
      this.#prepared();
    }
  }

  #prepared(): void {
    if (--this.#preparing > 0) return;
    this.#mayPause = true;
    this.#resume();
  }

  /** Keeps a task that has suspended until it ends, or is aborted. */
  #hold(slot: number, at: number, suspended: Suspended): void {
    this.#suspended.set(slot, suspended);
    suspended.ended = (how, value) => {
      this.#suspended.delete(slot);
      if (how === 'value') this.succeed(slot, at, value);
      else if (how === 'error') this.fail(slot, at, value);
      else this.abort(slot, at);
    };
  }

  succeed(slot: number, at: number, value: unknown): void {
    try {
      this.#words[at + SLOT.tag] = this.payloads.putResult(this.memory.payloadAt(at), value); // S7
    } catch (error) {
      this.fail(slot, at, error);
      return;
    }
    this.#end(slot, at, FINISHED);
  }

  fail(slot: number, at: number, error: unknown): void {
    if (stateOf(peek(this.memory, at)) === ABORTING && error instanceof CancelledError) {
      this.abort(slot, at);
      return;
    }
    this.#words[at + SLOT.tag] = this.payloads.putError(this.memory.payloadAt(at), error); // S7
    this.#end(slot, at, FINISHED);
  }

  abort(slot: number, at: number): void {
    this.#end(slot, at, ABORTED);
  }

  #end(slot: number, at: number, outcome: number): void {
    this.#machines.leave(slot, at);
    this.#words[at + SLOT.outcome] = outcome; // S7
    if (this.#queued === BLOCKING) this.stir(); // a thread of the blocking pool parks when its task has ended, to say that it is free
    const parent = parentOf(this.memory, at) === NONE ? NONE : handOver(this.memory, at, this.seat);
    if (parent === NONE) this.spawner.deliver(slot, at);
    else if (parent !== GONE) this.wakeMachine(parent);
  }

  deliver(slot: number, at: number): void {
    this.spawner.deliver(slot, at);
  }

  // ---- machines

  wakeMachine(slot: number): void {
    if (wake(this.memory, this.memory.slotAt(slot))) this.queue(slot);
  }

  wakeAt(slot: number, time: number): void {
    this.#post({ type: 'wakeAt', slot, time });
  }

  spawnChild(task: Task, args: readonly unknown[], parent: number): number {
    const what = this.#tasks.numberOf(requireTask(task));
    const slot = this.spawner.publish(this.spawner.newTask(task.taskName), what, args, QUEUED, parent);
    if (slot !== NONE) this.queue(slot);
    return slot;
  }

  nameOf(at: number): string {
    return this.#tasks.nameOf(this.#words[at + SLOT.task]!); // S12
  }

  // ---- spawning from tasks

  /** Spawns a task from this thread. */
  spawn<Args extends readonly unknown[], Result>(task: Task<Args, Result>, args: Args): SpawnedTask<Result> {
    const what = this.#tasks.numberOf(requireTask(task));
    const handle = this.spawner.newTask<Result>(task.taskName);
    const slot = this.spawner.publish(handle as SpawnedTask<unknown>, what, args);
    if (slot === NONE) {
      this.#runHere({ handle, task, args } as unknown as LocalTask);
      return handle;
    }
    this.queue(slot);
    return handle;
  }

  /** Gives all tasks that wait in this thread's queue to the blocking pool. */
  handOver(): void {
    for (let slot = this.#finder.giveUp(); slot !== NONE; slot = this.#finder.giveUp()) {
      const isForPool = toPool(this.memory, this.memory.slotAt(slot));
      this.#post({ type: isForPool ? 'blocking' : 'noRoom', slot }); // what was cancelled is for any worker to end
    }
  }

  /** Spawns a task for the blocking pool from this thread. */
  spawnBlocking<Args extends readonly unknown[], Result>(task: Task<Args, Result>, args: Args): SpawnedTask<Result> {
    const what = this.#tasks.numberOf(requireNoMachine(requireTask(task)));
    const handle = this.spawner.newTask<Result>(task.taskName);
    const slot = this.spawner.publish(handle as SpawnedTask<unknown>, what, args, BLOCKING);
    if (slot === NONE) this.#runHere({ handle, task, args } as unknown as LocalTask);
    else this.#post({ type: 'blocking', slot });
    return handle;
  }

  /** Tells the task on the stack whether somebody has aborted it. */
  get cancellation(): Cancellation | undefined {
    return this.running === NONE ? undefined : new TaskCancellation(this.memory, this.running);
  }

  /** Runs a task that found no slot on this thread, on copies of its arguments, soon. */
  #runHere({ handle, task, args }: LocalTask): void {
    this.#counters.overflows++;
    const copies = structuredClone(args);
    const body = (...own: unknown[]): unknown => {
      if (task.kind === 'machine') throw new NoFreeSlotError(this.memory.slots);
      return (task.body as Body)(...own);
    };
    void this.#settled
      .then(() => (handle.isFinished ? undefined : this.#complete(task, callFresh(body, copies))))
      .then((value) => {
        if (!handle.isFinished) handle.succeed(structuredClone(value));
      })
      .catch((error: unknown) => {
        if (!handle.isFinished) this.spawner.failHere(handle, error);
      });
  }

  /** Gives what a task comes to whose function has returned. */
  #complete(task: Task, returned: unknown): unknown {
    if (task.kind !== 'coroutine') return returned;
    const suspended = suspend(task, returned as object, this.#executor)!;
    return new Promise((resolve, reject) => {
      suspended.ended = (how, value) => (how === 'value' ? resolve(value) : reject(value));
    });
  }

  // ---- what the spawner leaves to its thread

  joinedLate(): void {}

  askedToEnd(at: number, seat: number): void {
    for (const lane of this.#lanes) if (lane.seat === seat) lane.call(ABORTS);
    this.#post({ type: 'askedToEnd', at, seat });
    if (seat === this.seat) this.stir();
  }

  panicked(task: SpawnedTask<unknown>, { cause }: JoinError): void {
    scheduleMacrotask(() => {
      if (task.isJoined) return;
      this.#post({ type: 'panicked', id: task.id, name: task.name, cause: presentable(cause, isCloneable) });
    });
  }
}

/** Tells whether a message can carry a value. */
function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
