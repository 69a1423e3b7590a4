// The blocking pool, on the thread that built the runtime: which of its threads has which task.
// It gives each task to a thread that is free, starts one where none is and there may be more, and
// keeps the rest in line. Threads that have been free for long are ended.
//
// It alone decides, so no two choices cross each other: tasks that block until others have run get
// on as long as there are threads. What it gives are slot numbers, which are hints; a thread that is
// gone, or finds nothing to claim, costs no task (slot.ts).
//
// Source: the blocking pool of Tokio.

import { scheduleTimer } from './timer.ts';
import type { Lane } from './scheduler/lanes.ts';

/** Starts and ends the threads. */
export interface BlockingThreads {
  /** Starts the thread of a lane; `follows` where the lane had one before. */
  start(lane: number, follows: boolean): void;
  /** Ends the thread of a lane; the pool is told when it is gone. */
  end(lane: number): void;
}

/** Counts what the blocking pool has; see {@link Runtime.metrics}. */
export interface BlockingCounts {
  /** Threads that were started and have not ended. */
  readonly threads: number;
  /** Threads that have no task. */
  readonly idleThreads: number;
  /** Tasks that wait for a thread. */
  readonly queueDepth: number;
}

interface Thread {
  /** How many slots it was given. */
  given: number;
  /** When it was last heard to be free and without tasks of its own; undefined while it is neither. */
  freeSince: number | undefined;
}

/** Gives tasks to the threads of the blocking pool. */
export class BlockingPool {
  readonly #lanes: readonly Lane[];
  readonly #keepAlive: number;
  readonly #host: BlockingThreads;
  /** Slots that wait, the first first; each once. */
  readonly #queue = new Set<number>();
  readonly #threads = new Map<Lane, Thread>();
  /** Threads without a task, the last used last, so that the first may end. */
  readonly #free = new Set<Lane>();
  readonly #used = new Set<Lane>();
  #cancelTimer: (() => void) | undefined = undefined;
  #isClosed = false;

  /** Makes an empty pool for these lanes. */
  constructor(lanes: readonly Lane[], keepAlive: number, host: BlockingThreads) {
    this.#lanes = lanes;
    this.#keepAlive = keepAlive;
    this.#host = host;
  }

  /** Counts threads and tasks. */
  get counts(): BlockingCounts {
    return { threads: this.#threads.size, idleThreads: this.#free.size, queueDepth: this.#queue.size };
  }

  /** Has the task of a slot run by a thread of the pool. */
  enqueue(slot: number): void {
    this.#queue.add(slot);
    this.#giveOut();
  }

  #giveOut(): void {
    for (const slot of this.#queue) {
      if (this.#isClosed) return;
      const free = [...this.#free].at(-1);
      const lane = free ?? this.#lanes.find((candidate) => !this.#threads.has(candidate));
      if (lane === undefined) return;
      this.#queue.delete(slot);
      this.#free.delete(lane);
      lane.next.replace(slot); // what it displaces was given to a thread that is gone
      if (free === undefined) {
        this.#start(lane);
        continue;
      }
      const thread = this.#threads.get(lane)!;
      thread.given++;
      thread.freeSince = undefined;
      lane.bell.ring();
    }
  }

  #start(lane: Lane): void {
    const follows = this.#used.has(lane);
    this.#used.add(lane);
    this.#threads.set(lane, { given: 1, freeSince: undefined });
    this.#host.start(lane.number, follows);
  }

  /**
   * Hears that a thread has no task.
   *
   * @param taken - how many slots it had taken then
   * @param live - how many tasks that it has spawned have not been joined
   */
  free(lane: Lane, taken: number, live: number): void {
    const thread = this.#threads.get(lane);
    if (thread === undefined || taken !== thread.given) return; // it is on its way to another task
    this.#free.add(lane);
    thread.freeSince = live === 0 ? performance.now() : undefined;
    this.#giveOut();
    this.#endIdle();
  }

  /** Ends threads that have been free for long, and looks again when the next one will have been. */
  #endIdle(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isClosed || this.#keepAlive === Infinity) return;
    const now = performance.now();
    let next = Infinity;
    for (const lane of this.#free) {
      const { freeSince } = this.#threads.get(lane)!;
      if (freeSince === undefined) continue;
      const left = freeSince + this.#keepAlive - now;
      if (left > 0) next = Math.min(next, left);
      else {
        this.#free.delete(lane);
        this.#host.end(lane.number);
      }
    }
    if (next !== Infinity) this.#cancelTimer = scheduleTimer(() => this.#endIdle(), next);
  }

  /** Hears that the thread of a lane is gone; what it was given and had not claimed is queued again by then. */
  lost(lane: Lane): void {
    this.#threads.delete(lane);
    this.#free.delete(lane);
    this.#giveOut();
  }

  /** Gives out no more tasks. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
  }
}
