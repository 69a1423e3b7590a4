// All lanes of a runtime, as one thread sees them: their queues, inboxes and bells, and who
// sits there.

import { Bell } from './bell.ts';
import { Inbox } from './inbox.ts';
import { LANE, type RuntimeMemory } from './memory.ts';
import { NextSlot } from './next-slot.ts';
import { RunQueue } from './run-queue.ts';

/** Asks a thread to look after the tasks that it runs: some of them were aborted. */
export const ABORTS = 1;
/** Asks a thread to look after the tasks that it spawned: a worker was lost. */
export const LOSSES = 2;

/** Is one lane, as any thread sees it. */
export class Lane {
  readonly number: number;
  readonly queue: RunQueue;
  readonly next: NextSlot;
  readonly inbox: Inbox;
  readonly bell: Bell;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #attention: number;
  readonly #seat: number;

  constructor(memory: RuntimeMemory, lane: number) {
    this.number = lane;
    this.queue = new RunQueue(memory, lane);
    this.next = new NextSlot(memory, lane);
    this.inbox = new Inbox(memory, lane);
    this.bell = new Bell(memory, lane);
    this.#words = memory.words;
    this.#attention = memory.laneAt(lane) + LANE.index.attention;
    this.#seat = memory.laneAt(lane) + LANE.index.seat;
  }

  /** Asks the lane's thread for something, and wakes it. */
  call(what: number): void {
    // ORDERING(L1): loses no other request. Before the look at the bell (B3), in the total order.
    Atomics.or(this.#words, this.#attention, what);
    this.bell.ring();
  }

  get isCalled(): boolean {
    // ORDERING(L2): a look, for L3 to take.
    return Atomics.load(this.#words, this.#attention) !== 0;
  }

  /** Takes what was asked for. */
  takeCalls(): number {
    return this.isCalled ? Atomics.exchange(this.#words, this.#attention, 0) : 0; // ORDERING(L3): takes each request once, and observes L1.
  }

  /** Gives the number of the lane's present thread; 0 while there is none. */
  get seat(): number {
    // ORDERING(L5): observes L4.
    return Atomics.load(this.#words, this.#seat);
  }

  set seat(seat: number) {
    // ORDERING(L4): tells L5 who runs tasks here; 0 after the thread has ended.
    Atomics.store(this.#words, this.#seat, seat);
  }
}

/** Makes all lanes of a memory: the first thread's, the workers', the blocking pool's. */
export function lanesOf(memory: RuntimeMemory): readonly Lane[] {
  return Array.from({ length: memory.allLanes }, (_, lane) => new Lane(memory, lane));
}
