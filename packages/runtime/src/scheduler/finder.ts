// How a worker comes to its next task, and what it does when there is none.
//
// It looks first at the slot beside its queue, then at its queue, then at what the first lane
// has spawned, then at the queues of others; now and then at the first lane before its own, so
// that nothing waits for ever.

import type { Counters } from './counters.ts';
import { IdleSet } from './idle.ts';
import type { Lane } from './lanes.ts';
import { NONE, type RuntimeMemory } from './memory.ts';

/** The first lane comes before the worker's own queue once in so many tasks. */
const INTERVAL = 61;
/** So many tasks in a row come from beside the queue, so that two that spawn each other do not hold it up. */
const MOST_IN_ROW = 3;

/** Wakes a worker that is parked, or all that listen, unless one searches already; after a task was queued. */
export function wakeOne(idle: IdleSet, lanes: readonly Lane[]): void {
  const worker = idle.wakeOne();
  if (worker === NONE) idle.visitListeners((listener) => lanes[listener + 1]!.bell.ring());
  else lanes[worker + 1]!.bell.ring();
}

/** Finds the tasks that a thread runs; only that thread uses it. */
export interface TaskFinder {
  /** Gives the next task to claim, or NONE. */
  next(): number;
  /** Stops searching without having found a task, since the thread has something else to do. */
  stopSearching(): void;
  /** Queues a task that this thread has spawned; gives a slot that the first thread is to queue, or NONE. */
  push(slot: number): number;
  /** As `push`, behind all others of this thread. */
  pushLast(slot: number): number;
  /** Takes a task that only this thread has queued, or NONE; for another to run it. */
  giveUp(): number;
  /** Parks, and tells whether the thread may sleep: not if there is something to do. Call `wake` afterwards in both cases. */
  park(): boolean;
  /** Goes on after `park`. */
  wake(): void;
  /** Listens instead of parking, and tells whether the thread may wait. Call `stopListening` afterwards in both cases. */
  listen(): boolean;
  /** Goes on after `listen`. */
  stopListening(): void;
  /** Tells whether there is anything to do. */
  readonly seesWork: boolean;
}

/** Finds tasks for one worker; only its thread uses it. */
export class Finder implements TaskFinder {
  readonly #lanes: readonly Lane[];
  readonly #main: Lane;
  readonly #lane: Lane;
  readonly #others: readonly Lane[];
  readonly #idle: IdleSet;
  readonly #counters: Pick<Counters, 'steals'>;
  /** This worker's number in the idle set. */
  readonly #worker: number;
  #isSearching = false;
  #tick = 0;
  #inRow = 0;

  constructor(memory: RuntimeMemory, lanes: readonly Lane[], lane: number, counters: Pick<Counters, 'steals'>) {
    this.#lanes = lanes;
    this.#main = lanes[0]!;
    this.#lane = lanes[lane]!;
    this.#others = [...lanes.slice(lane + 1), ...lanes.slice(1, lane)];
    this.#idle = new IdleSet(memory);
    this.#counters = counters;
    this.#worker = lane - 1;
  }

  /** Gives the next task to claim, or NONE. */
  next(): number {
    const slot = this.#own();
    if (slot === NONE) return this.#search();
    if (this.#isSearching) this.#endSearch();
    return slot;
  }

  #own(): number {
    if (++this.#tick % INTERVAL === 0) {
      const slot = this.#main.queue.pop();
      if (slot !== NONE) return slot;
    }
    if (this.#inRow < MOST_IN_ROW) {
      const slot = this.#lane.next.take();
      if (slot !== NONE) {
        this.#inRow++;
        return slot;
      }
    }
    this.#inRow = 0;
    const slot = this.#lane.queue.pop();
    return slot === NONE ? this.#lane.next.take() : slot;
  }

  /** Looks elsewhere: what the first lane has is shared out, of what others have half is taken. */
  #search(): number {
    let slot = this.#main.queue.moveTo(this.#lane.queue, this.#lanes.length);
    if (slot === NONE && (this.#isSearching || this.#idle.trySearch(this.#worker))) {
      this.#isSearching = true;
      slot = this.#steal();
    }
    if (slot !== NONE && this.#isSearching) this.#endSearch();
    return slot;
  }

  #steal(): number {
    const { length } = this.#others;
    for (let i = 0; i < length; i++) {
      const slot = this.#others[(this.#tick + i) % length]!.queue.moveTo(this.#lane.queue, 2);
      if (slot !== NONE) {
        this.#counters.steals++;
        return slot;
      }
    }
    for (const other of this.#others) {
      const slot = other.next.take();
      if (slot !== NONE) {
        this.#counters.steals++;
        return slot;
      }
    }
    return NONE;
  }

  #endSearch(): void {
    this.#isSearching = false;
    if (this.#idle.endSearch(this.#worker)) wakeOne(this.#idle, this.#lanes);
  }

  giveUp(): number {
    const slot = this.#lane.queue.pop();
    return slot === NONE ? this.#lane.next.take() : slot;
  }

  /** Stops searching without having found a task, since the thread has something else to do. */
  stopSearching(): void {
    if (!this.#isSearching) return;
    this.#isSearching = false;
    if (this.#idle.endSearch(this.#worker) && this.seesWork) wakeOne(this.#idle, this.#lanes);
  }

  /** Queues a task that this thread has spawned, to be run next; gives a slot for which the queue has no room, or NONE. */
  push(slot: number): number {
    const displaced = this.#lane.next.replace(slot);
    const isFull = displaced !== NONE && !this.#lane.queue.push(displaced);
    wakeOne(this.#idle, this.#lanes);
    return isFull ? displaced : NONE;
  }

  /** Queues a task behind all others of this thread, as `push` does otherwise. */
  pushLast(slot: number): number {
    const isFull = !this.#lane.queue.push(slot);
    wakeOne(this.#idle, this.#lanes);
    return isFull ? slot : NONE;
  }

  /** Parks, and tells whether the thread may sleep: not if there is something to do. Call `wake` afterwards in both cases. */
  park(): boolean {
    this.#lane.bell.arm();
    this.#idle.park(this.#worker);
    this.#isSearching = false;
    return !this.seesWork;
  }

  /** Goes on after `park`, as one that searches. */
  wake(): void {
    this.#idle.unpark(this.#worker);
    this.#isSearching = true;
  }

  /** Listens instead of parking, and tells whether the thread may wait. Call `stopListening` afterwards in both cases. */
  listen(): boolean {
    this.#lane.bell.arm();
    this.#idle.listen(this.#worker);
    if (this.#isSearching) {
      this.#isSearching = false;
      this.#idle.endSearch(this.#worker);
    }
    return !this.seesWork;
  }

  /** Goes on after `listen`. */
  stopListening(): void {
    this.#idle.stopListening(this.#worker);
  }

  /** Tells whether there is anything to do. */
  get seesWork(): boolean {
    if (this.#lane.isCalled || !this.#lane.inbox.isEmpty) return true;
    for (const { queue, next } of this.#lanes) if (queue.length > 0 || !next.isEmpty) return true;
    return false;
  }
}
