// Looks after the workers, on the thread that built the runtime: starts them, replaces those
// that are lost, terminates those that do not end an aborted task, and lets them go.
//
// When a thread has ended, nobody changes what it held any more. Then, in this order:
// 1. its seat is declared empty, and the idle set forgets it;
// 2. every task that waits in a slot is queued again, since an entry of it may have been lost
//    with the thread; a task that has two entries now is still claimed once. All machines are
//    woken, since what was to wake them may have been lost;
// 3. all lanes are called: each joins those of its tasks that ran on the lost seat as lost, and
//    wakes up, since a wake-up may have been lost too;
// 4. another thread takes the lane over, with its pages, its queue and its inbox.

import { JoinError } from '@concurrency-lab/mini-exec';
import { type BlockingCounts, BlockingPool } from './blocking-pool.ts';
import type { RuntimeOptions } from './builder.ts';
import { workerLost } from './errors.ts';
import { MachineTimers } from './machines/timers.ts';
import { wakeOne } from './scheduler/finder.ts';
import type { IdleSet } from './scheduler/idle.ts';
import { type Lane, LOSSES } from './scheduler/lanes.ts';
import type { RuntimeMemory } from './scheduler/memory.ts';
import { wake } from './scheduler/machine-slot.ts';
import { ABORTING, BLOCKING, CANCELLED, ENDED, peek, QUEUED, READY, seatOf, stateOf } from './scheduler/slot.ts';
import type { TaskTable } from './tasks/task-table.ts';
import type { ParcelMessage } from './wire/parcels.ts';
import type { SpillHandle } from './wire/spill.ts';
import type { Start, WorkerNews } from './worker/messages.ts';
import { startWorker, type WorkerHost } from './worker/start.ts';

/** Is told what concerns more than the workers. */
export interface SupervisorHost {
  /** A worker was lost, and `why`, where it is known. */
  lost(why: unknown): void;
  /** A worker is gone while the runtime shuts down. */
  gone(): void;
  /** Has all tasks joined that have ended; resolves when the outcomes are here that wait on workers. */
  drain(): Promise<void>;
  /** A message came for this thread's wire. */
  received(message: ParcelMessage): void;
  /** The runtime cannot go on, or a task of a worker threw and nobody joins it. */
  failed(error: unknown): void;
}

/** So many workers in a row may end before they were ready. */
const MOST_FAILURES = 3;

/** So long a timer of the host may take. */
const LONGEST_MS = 2 ** 31 - 1;

interface Thread {
  /** Why it was terminated, if it was. */
  why: Error | undefined;
  readonly host: WorkerHost;
  readonly ended: Promise<void>;
  hasLeft: () => void;
  readonly left: Promise<void>;
}

export class Supervisor {
  readonly #memory: RuntimeMemory;
  readonly #lanes: readonly Lane[];
  readonly #idle: IdleSet;
  readonly #tasks: TaskTable;
  readonly #spill: SpillHandle;
  readonly #options: RuntimeOptions;
  readonly #host: SupervisorHost;
  readonly #threads = new Map<number, Thread>();
  readonly #blocking: BlockingPool;
  /** Entries for which the queue has no room yet. */
  #backlog: number[] = [];
  /** The last seat that was given; the first is that of this thread. */
  #seats = 1;
  #failures = 0;
  #isClosing = false;
  readonly #timers: MachineTimers = new MachineTimers((slot) => this.wakeMachine(slot));

  constructor(
    memory: RuntimeMemory,
    lanes: readonly Lane[],
    idle: IdleSet,
    tasks: TaskTable,
    spill: SpillHandle,
    options: RuntimeOptions,
    host: SupervisorHost,
  ) {
    this.#memory = memory;
    this.#lanes = lanes;
    this.#idle = idle;
    this.#tasks = tasks;
    this.#spill = spill;
    this.#options = options;
    this.#host = host;
    this.#blocking = new BlockingPool(lanes.slice(memory.lanes), options.threadKeepAlive, {
      start: (lane, follows) => this.#start(lane, follows),
      end: (lane) => void this.#threads.get(lane)?.host.terminate(),
    });
    for (let lane = 1; lane < memory.lanes; lane++) this.#start(lane, false);
  }

  /** Counts the threads and tasks of the blocking pool. */
  get blocking(): BlockingCounts {
    return this.#blocking.counts;
  }

  /** Has a task run in the blocking pool. */
  enqueueBlocking(slot: number): void {
    this.#blocking.enqueue(slot);
  }

  /** Puts an entry into the queue of all. */
  enqueue(slot: number): void {
    if (this.#backlog.length === 0 && this.#lanes[0]!.queue.push(slot)) return;
    this.#backlog.push(slot);
    if (this.#backlog.length === 1) this.#retry();
  }

  /** Queues the backlog as room appears: stale entries of recoveries, which workers pass over quickly. */
  #retry(): void {
    const { queue } = this.#lanes[0]!;
    const rest = this.#backlog.findIndex((slot) => !queue.push(slot));
    this.#backlog = rest === -1 ? [] : this.#backlog.slice(rest);
    this.#wakeAll();
    if (this.#backlog.length > 0 && !this.#isClosing) setTimeout(() => this.#retry(), 1);
  }

  #wakeAll(): void {
    for (const lane of this.#lanes) lane.bell.ring(true);
  }

  #start(lane: number, follows: boolean): void {
    const seat = ++this.#seats;
    const at = this.#lanes[lane]!;
    let uncaught: { readonly error: unknown } | undefined;
    let isReady = false;
    let end = (): void => {};
    let hasLeft = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const left = new Promise<void>((resolve) => (hasLeft = resolve));
    at.seat = seat;
    const host = startWorker(`${this.#options.name}-${lane}`, this.#options.workerOptions, this.#options.worker, {
      message: (message) => {
        if ('wire' in message) {
          this.route(message);
          return;
        }
        if (message.type === 'ready') {
          isReady = true;
          this.#failures = 0;
        }
        if (message.type !== 'free' || at.seat === seat) this.#receive(message, lane);
      },
      error: (error) => (uncaught = { error }),
      exit: (code) => {
        const why = uncaught === undefined ? (this.#threads.get(lane)?.why ?? exited(code)) : uncaught.error;
        this.#threads.delete(lane);
        hasLeft();
        end();
        if (!this.#isClosing) this.#lost(lane, seat, why, isReady, uncaught !== undefined);
        else {
          at.seat = 0;
          this.#host.gone();
        }
      },
    });
    this.#threads.set(lane, { why: undefined, host, ended, left, hasLeft });
    const start: Start = {
      type: 'start',
      spinTime: this.#options.spinTime,
      memory: this.#memory.handle,
      tasks: this.#tasks.handle,
      spill: this.#spill,
      lane,
      seat,
      follows,
    };
    host.post(start);
  }

  #receive(message: WorkerNews, lane: number): void {
    switch (message.type) {
      case 'ready':
        break;
      case 'left':
        this.#threads.get(lane)?.hasLeft();
        break;
      case 'askedToEnd':
        this.endWithin(message.at, message.seat);
        break;
      case 'free':
        this.#blocking.free(this.#lanes[lane]!, message.taken, message.live);
        break;
      case 'blocking':
        this.#blocking.enqueue(message.slot);
        break;
      case 'noRoom':
        this.enqueue(message.slot);
        wakeOne(this.#idle, this.#lanes);
        break;
      case 'wakeAt':
        this.#timers.set(message.slot, message.time);
        break;
      case 'panicked':
        if (this.#options.unhandledPanic !== 'ignore') this.#host.failed(JoinError.panicked(message.cause, message));
        break;
    }
  }

  /** Carries a message of one lane's wire to that of another. */
  route(message: ParcelMessage): void {
    if (message.to === 0) {
      this.#host.received(message);
      return;
    }
    const { parcel, from, to } = message;
    const moved = parcel === undefined || 'bytes' in parcel ? [] : [parcel];
    const thread = this.#threads.get(to);
    if (thread !== undefined) thread.host.post(message, moved);
    else if (message.wire === 'ask') this.route({ ...message, wire: 'give', from: to, to: from }); // nobody there has it
  }

  #lost(lane: number, seat: number, why: unknown, wasReady: boolean, wasUncaught: boolean): void {
    void this.#host.drain(); // what had ended before is not lost
    const isBlocking = lane >= this.#memory.lanes;
    this.#lanes[lane]!.seat = 0; // 1
    if (!isBlocking) this.#idle.clear(lane - 1);
    const hadTask = this.#requeueAll(seat); // 2
    for (const other of this.#lanes) {
      other.call(LOSSES); // 3
      other.bell.ring(true);
    }
    this.#host.lost(why);
    if (wasReady && wasUncaught && !hadTask && this.#options.unhandledPanic !== 'ignore') {
      this.#host.failed(workerLost(why, 'an error beside all tasks, which nobody caught, has ended a worker'));
      return;
    }
    if (!wasReady && ++this.#failures >= MOST_FAILURES * (this.#memory.lanes - 1)) {
      this.#host.failed(workerLost(why, 'workers end before they can take tasks'));
      return;
    }
    if (isBlocking) this.#blocking.lost(this.#lanes[lane]!); // 4, once it is needed again
    else this.#start(lane, true); // 4
  }

  /** Queues everything that waits, and tells whether the thread with this seat ran a task. */
  #requeueAll(seat: number): boolean {
    let hadTask = false;
    for (let slot = 0; slot < this.#memory.slots; slot++) {
      const at = this.#memory.slotAt(slot);
      const word = peek(this.#memory, at);
      const state = stateOf(word);
      if (seatOf(word) === seat && state !== ENDED) hadTask = true;
      const isWaiting = state === QUEUED || state === CANCELLED || state === READY;
      if (isWaiting || wake(this.#memory, at)) this.enqueue(slot);
      else if (state === BLOCKING) this.#blocking.enqueue(slot);
    }
    return hadTask;
  }

  /** Wakes the machine in a slot. */
  wakeMachine(slot: number): void {
    if (!wake(this.#memory, this.#memory.slotAt(slot))) return;
    this.enqueue(slot);
    wakeOne(this.#idle, this.#lanes);
  }

  /** Terminates the thread with this seat unless it has ended the task at this slot in time. */
  endWithin(at: number, seat: number): void {
    const { abortTimeout } = this.#options;
    if (abortTimeout === Infinity) return;
    const limit = Math.min(abortTimeout, LONGEST_MS);
    setTimeout(() => {
      const word = peek(this.#memory, at);
      if (stateOf(word) !== ABORTING || seatOf(word) !== seat) return;
      const lane = this.#lanes.find((candidate) => candidate.seat === seat);
      const thread = lane === undefined ? undefined : this.#threads.get(lane.number);
      if (thread === undefined) return;
      thread.why = new Error(`it was terminated, since an aborted task had not ended within ${limit} ms`);
      void thread.host.terminate();
    }, limit);
  }

  /**
   * Lets all workers leave, and terminates them, those that stay after the timeout too. The process lives until then,
   * or, in the background, as long as something else keeps it alive.
   */
  async shutdown(timeout: number = this.#options.abortTimeout, isInBackground = false): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#blocking.close();
      this.#memory.close();
      this.#timers.clear();
      for (const lane of this.#lanes) {
        lane.call(LOSSES);
        lane.bell.ring(true);
      }
    }
    const threads = [...this.#threads.values()];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isLate = new Promise<void>((resolve) => {
      if (timeout !== Infinity) timer = setTimeout(resolve, Math.min(timeout, LONGEST_MS));
      else if (!isInBackground) timer = setInterval(() => {}, LONGEST_MS);
    });
    const isOver = Promise.all(threads.map(({ left }) => left)).then(() => this.#host.drain());
    await Promise.race([isOver, isLate]);
    clearTimeout(timer);
    await Promise.all(threads.map(({ host }) => host.terminate()));
    await Promise.all(threads.map(({ ended }) => ended));
  }
}

/** Says that a thread has exited, where it is known with which code. */
function exited(code: number | undefined): Error | undefined {
  return code === undefined ? undefined : new Error(`it exited with code ${code}`);
}
