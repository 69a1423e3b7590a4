// One thread's side of the tasks that it has spawned: gives them slots, and hears how they end.

import { JoinError } from '@concurrency-lab/mini-exec';
import { workerLost } from './errors.ts';
import { type Aborter, SpawnedTask } from './join-handle.ts';
import type { Payloads } from './payloads.ts';
import type { Lane } from './scheduler/lanes.ts';
import { NONE, type RuntimeMemory, SLOT } from './scheduler/memory.ts';
import { SlotPages } from './scheduler/pages.ts';
import { claimEnded, disownAll, GONE, handOver, parentOf, setParent, wake } from './scheduler/machine-slot.ts';
import {
  abort,
  ABORTING,
  CANCELLED_IDLE,
  CANCELLED_IN_TIME,
  ENDED,
  peek,
  publish,
  QUEUED,
  release,
  seatOf,
  stateOf,
} from './scheduler/slot.ts';

/** The task came to a value, or threw: the payload says which. */
export const FINISHED = 0;
/** The task was aborted. */
export const ABORTED = 1;
/** The task's outcome was for a machine, which has it. */
export const JOINED = 2;

/** Is a task whose spawning thread is gone: nobody joins it. */
const ORPHAN = null;

/** What a spawner leaves to its thread. */
export interface SpawnerHost {
  /** Is told of a running task that was asked to end, and of the seat of its thread. */
  askedToEnd(at: number, seat: number): void;
  /** Is told that a task was joined later than the others, while the thread may be waiting. */
  joinedLate(): void;
  /** Is told of a task that threw. */
  panicked(task: SpawnedTask<unknown>, error: JoinError): void;
  /** Queues a slot, to be claimed by any worker. */
  queue(slot: number): void;
}

/** Spawns the tasks of one thread, and joins them. */
export class Spawner implements Aborter {
  readonly #memory: RuntimeMemory;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #lane: Lane;
  readonly #lanes: readonly Lane[];
  readonly #payloads: Payloads;
  readonly #host: SpawnerHost;
  readonly #pages: SlotPages;
  readonly #tasks: (SpawnedTask<unknown> | typeof ORPHAN | undefined)[] = [];
  /** Tasks that have ended, and whose outcome is on its way here. */
  readonly #coming = new Set<Promise<void>>();
  #live = 0;
  #ids = 0;

  constructor(memory: RuntimeMemory, lanes: readonly Lane[], lane: number, payloads: Payloads, host: SpawnerHost) {
    this.#memory = memory;
    this.#words = memory.words;
    this.#lanes = lanes;
    this.#lane = lanes[lane]!;
    this.#payloads = payloads;
    this.#host = host;
    this.#pages = new SlotPages(memory, lane);
  }

  /** Counts the slots that are in use. */
  get live(): number {
    return this.#live;
  }

  /** Makes a task, which has no slot yet. */
  newTask<T>(name: string): SpawnedTask<T> {
    return new SpawnedTask<T>(++this.#ids, name, this);
  }

  /**
   * Publishes a task in a slot, and gives the slot to be queued; NONE where there is none.
   * Throws on arguments that cannot be sent. `queued` says for whom: QUEUED or BLOCKING. The outcome of a
   * task that has a parent is for that machine.
   */
  publish(
    task: SpawnedTask<unknown>,
    what: number,
    args: readonly unknown[],
    queued: number = QUEUED,
    parent: number = NONE,
  ): number {
    const slot = this.#pages.allocate();
    if (slot === NONE) return NONE;
    const words = this.#words;
    const at = this.#memory.slotAt(slot);
    try {
      words[at + SLOT.tag] = this.#payloads.putArguments(this.#memory.payloadAt(at), args); // ORDERING(S7): plain, published by S1.
    } catch (error) {
      this.#pages.free(slot);
      throw error;
    }
    words[at + SLOT.task] = what; // S7
    words[at + SLOT.owner] = this.#lane.number; // S7
    words[at + SLOT.id] = task.id; // S7
    words[at + SLOT.outcome] = 0; // S7
    if (parent !== NONE) setParent(this.#memory, at, parent);
    task.slot = slot;
    this.#tasks[slot] = task;
    this.#live++;
    publish(this.#memory, at, queued);
    return slot;
  }

  /** Joins all tasks of which other threads have said that they have ended. */
  drain(): void {
    const slots = this.#lane.inbox.take();
    if (slots.length === 0) return;
    const pending = slots.map((slot) => this.#end(slot));
    this.#lane.inbox.releaseTaken();
    for (const [i, slot] of slots.entries()) if (!pending[i]) this.#free(slot);
  }

  /** Joins all tasks that have ended; resolves when the outcomes are here that had to be fetched. */
  async drainAll(): Promise<void> {
    this.drain();
    await Promise.all(this.#coming);
  }

  /** Joins a task that has ended on this thread. */
  endHere(slot: number): void {
    const isPending = this.#end(slot);
    release(this.#memory, this.#memory.slotAt(slot));
    if (!isPending) this.#free(slot);
  }

  /** Has a task that has ended on this thread, or whose outcome this thread has, joined by the thread that spawned it. */
  deliver(slot: number, at: number): void {
    const owner = this.#words[at + SLOT.owner]!; // S7
    if (owner === this.#lane.number) {
      this.endHere(slot);
      return;
    }
    const lane = this.#lanes[owner]!;
    lane.inbox.push(slot);
    lane.bell.ring();
  }

  #free(slot: number): void {
    this.#tasks[slot] = undefined;
    this.#live--;
    this.#pages.free(slot);
  }

  /** Joins a task; tells whether its payload has yet to be fetched, and its slot is still in use. */
  #end(slot: number): boolean {
    const at = this.#memory.slotAt(slot);
    const task = this.#tasks[slot];
    const tag = this.#words[at + SLOT.tag]!; // S7
    const outcome = this.#words[at + SLOT.outcome]!; // S7
    if (outcome === JOINED) return false;
    if (outcome === ABORTED) {
      if (task !== undefined && task !== ORPHAN && !task.isFinished) task.fail(JoinError.cancelled(task));
      return false;
    }
    const payload = this.#memory.payloadAt(at);
    if (task === undefined || task === ORPHAN) {
      this.#payloads.drop(payload, tag);
      return false;
    }
    const fetching = this.#payloads.fetch(payload, tag);
    if (fetching === undefined) {
      this.#join(task, () => this.#payloads.take(payload, tag));
      return false;
    }
    const coming = this.#joinLater(slot, task, fetching);
    this.#coming.add(coming);
    void coming.then(() => this.#coming.delete(coming));
    return true;
  }

  async #joinLater(slot: number, task: SpawnedTask<unknown>, fetching: Promise<void>): Promise<void> {
    const at = this.#memory.slotAt(slot);
    let lost: { readonly why: unknown } | undefined;
    try {
      await fetching;
    } catch (why) {
      lost = { why };
    }
    if (this.#tasks[slot] !== task) return; // the runtime is no more, and has cancelled it
    if (lost !== undefined) this.#panic(task, lost.why);
    else this.#join(task, () => this.#payloads.take(this.#memory.payloadAt(at), this.#words[at + SLOT.tag]!)); // ORDERING(S13): plain, as S7, after what it names was fetched.
    this.#free(slot);
    this.#host.joinedLate();
  }

  #join(task: SpawnedTask<unknown>, take: () => unknown): void {
    let value: unknown;
    try {
      value = take();
    } catch (cause) {
      this.#panic(task, cause);
      return;
    }
    task.succeed(value);
  }

  /** Ends a task that ran on this thread without a slot, and threw. */
  failHere(task: SpawnedTask<unknown>, cause: unknown): void {
    this.#panic(task, cause);
  }

  #panic(task: SpawnedTask<unknown>, cause: unknown): void {
    const error = JoinError.panicked(cause, task);
    this.#host.panicked(task, error);
    task.fail(error);
  }

  /** Joins the tasks that ran on threads which are gone. */
  endLost(why: unknown): void {
    this.drain();
    const present = this.#lanes.map((lane) => lane.seat);
    this.#payloads.lost(present);
    if (this.#live === 0) return;
    const seats = new Set(present);
    for (const [slot, task] of this.#tasks.entries()) {
      if (task === undefined) continue;
      const at = this.#memory.slotAt(slot);
      const word = peek(this.#memory, at);
      if (stateOf(word) === ENDED) this.#joinAlone(slot, at);
      if (seatOf(word) === 0 || stateOf(word) === ENDED || seats.has(seatOf(word))) continue;
      if (this.#isForMachine(slot, at, why)) continue;
      this.#disownAll(slot, at);
      if (task === ORPHAN || task.isFinished) {
        // nobody waits for it
      } else if (stateOf(word) === ABORTING) {
        task.fail(JoinError.cancelled(task)); // its worker was terminated because it would not end, or ended with it
      } else {
        this.#panic(task, workerLost(why));
      }
      this.#payloads.reclaim(this.#memory.payloadAt(at));
      release(this.#memory, at);
      this.#free(slot);
    }
  }

  /** Joins a task that has ended and whose machine has ended too, where the thread that was to deliver it is gone. */
  #joinAlone(slot: number, at: number): void {
    if (parentOf(this.#memory, at) !== NONE) return;
    if (claimEnded(this.#memory, at, this.#lane.seat)) this.endHere(slot);
  }

  /** Sees to a task of a lost thread that a machine has spawned; false where there is no machine, or no more. */
  #isForMachine(slot: number, at: number, why: unknown): boolean {
    const memory = this.#memory;
    if (parentOf(memory, at) === NONE) return false;
    this.#disownAll(slot, at);
    const payload = memory.payloadAt(at);
    this.#payloads.reclaim(payload);
    this.#words[at + SLOT.tag] = this.#payloads.putError(payload, workerLost(why)); // S12: plain, after the end of the thread that had it.
    this.#words[at + SLOT.outcome] = FINISHED; // S12
    const parent = handOver(memory, at, this.#lane.seat);
    if (parent === NONE) this.endHere(slot);
    else if (parent !== GONE && wake(memory, memory.slotAt(parent))) this.#host.queue(parent);
    return true;
  }

  /** Parts a lost machine from what it has spawned. */
  #disownAll(slot: number, at: number): void {
    if (this.#words[at + SLOT.outcome] === 0) return; // S7: plain, after the end of the thread that had it.
    disownAll(this.#memory, slot, this.#lane.seat, (child, childAt) => this.deliver(child, childAt));
  }

  /** Fails all tasks that have not ended; nothing runs any more. */
  cancelAll(): void {
    for (const task of this.#tasks) {
      if (task !== undefined && task !== ORPHAN && !task.isFinished) task.fail(JoinError.cancelled(task));
    }
    this.#tasks.length = 0;
    this.#live = 0;
  }

  abort(task: SpawnedTask<unknown>): void {
    const at = this.#memory.slotAt(task.slot);
    const seat = task.slot === NONE ? CANCELLED_IN_TIME : abort(this.#memory, at);
    if (seat === CANCELLED_IDLE) this.#host.queue(task.slot);
    if (seat === CANCELLED_IN_TIME || seat === CANCELLED_IDLE) task.fail(JoinError.cancelled(task));
    else if (seat !== NONE) this.#host.askedToEnd(at, seat);
  }

  /** Takes over from the lane's former thread, which is gone. */
  adopt(): void {
    for (const slot of this.#lane.inbox.recover())
      this.#payloads.reclaim(this.#memory.payloadAt(this.#memory.slotAt(slot)));
    for (const slot of this.#pages.adopt()) {
      this.#tasks[slot] = ORPHAN;
      this.#live++;
    }
  }
}
