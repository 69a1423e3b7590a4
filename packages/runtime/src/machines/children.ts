// The tasks that the machines of one worker have spawned. They end into their slots, and stay
// there until their machine joins them, on whatever worker that is polled then; the protocol is
// in machine-slot.ts. While a machine lives, the word of its slot that will say how it ended
// counts them, so that nobody looks for them where there are none.

import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { JoinError, Pending, type Poll } from '@concurrency-lab/mini-exec';
import { NoFreeSlotError } from '../errors.ts';
import type { Payloads } from '../payloads.ts';
import { claimEnded, disownAll, parentOf, setParent } from '../scheduler/machine-slot.ts';
import { MOST_SLOTS, NONE, type RuntimeMemory, SLOT } from '../scheduler/memory.ts';
import { ABORTED, JOINED } from '../spawner.ts';
import type { Task } from '../tasks/task.ts';

/** Numbers of tasks wrap here, so that one and a slot are a safe integer together. */
const MOST_IDS = 2 ** 31;

/** Is what is needed of a worker. */
export interface ChildrenHost {
  readonly memory: RuntimeMemory;
  readonly payloads: Payloads;
  readonly seat: number;
  /** Spawns a task whose outcome is for a machine; gives its slot, or NONE where there is none free. */
  spawnChild(task: Task, args: readonly unknown[], parent: number): number;
  /** Puts a task that has ended into the inbox of its lane. */
  deliver(slot: number, at: number): void;
  /** Names a task, for errors. */
  nameOf(at: number): string;
}

/** A child that was claimed, while its outcome is fetched from another thread. */
interface Fetched {
  readonly slot: number;
  isThere: boolean;
  /** What the other thread has lost it by. */
  failure: { readonly error: unknown } | undefined;
}

/** Spawns and joins for machines on one worker. */
export class Children {
  readonly #host: ChildrenHost;
  readonly #memory: RuntimeMemory;
  readonly #words: Int32Array<SharedArrayBuffer>;
  /** By the slots of their parents. */
  readonly #fetched = new Map<number, Fetched>();

  constructor(host: ChildrenHost) {
    this.#host = host;
    this.#memory = host.memory;
    this.#words = host.memory.words;
  }

  /** Spawns a task for the machine in a slot, and gives its name. */
  spawn(parent: number, task: Task, args: readonly unknown[]): number {
    const count = this.#memory.slotAt(parent) + SLOT.outcome;
    this.#words[count]!++; // ORDERING(S12): plain; before the child is there, so that one of a machine that is lost is found.
    let slot = NONE;
    try {
      slot = this.#host.spawnChild(task, args, parent);
      if (slot === NONE) throw new NoFreeSlotError(this.#memory.slots);
    } finally {
      if (slot === NONE) this.#words[count]!--; // S12
    }
    return this.#numberOf(slot);
  }

  #numberOf(slot: number): number {
    const id = this.#words[this.#memory.slotAt(slot) + SLOT.id]! >>> 0; // S12: plain, written by the spawning thread only.
    return (id % MOST_IDS) * MOST_SLOTS + slot;
  }

  /**
   * Joins a child of the machine in a slot: gives its value, or Pending. Where the outcome has to be
   * fetched first, gives Pending and sets `needs`.
   */
  join(parent: number, child: number, cx: { needs: Promise<unknown> | undefined }): Poll<unknown> {
    const slot = this.#requireChild(parent, child);
    const at = this.#memory.slotAt(slot);
    const fetched = this.#fetched.get(parent);
    if (fetched === undefined) {
      if (!claimEnded(this.#memory, at, this.#host.seat)) return Pending;
      const fetching = this.#host.payloads.fetch(this.#memory.payloadAt(at), this.#words[at + SLOT.tag]!); // S12: plain, observed by W8.
      if (fetching !== undefined) {
        cx.needs = this.#await(parent, slot, fetching);
        return Pending;
      }
    } else if (fetched.slot !== slot || !fetched.isThere) return Pending; // one after the other
    return this.#take(parent, slot, at, fetched?.failure);
  }

  async #await(parent: number, slot: number, fetching: Promise<void>): Promise<void> {
    const fetched: Fetched = { slot, isThere: false, failure: undefined };
    this.#fetched.set(parent, fetched);
    try {
      await fetching;
    } catch (error) {
      fetched.failure = { error };
    }
    fetched.isThere = true;
  }

  /**
   * Is called when a poll has come to nothing.
   *
   * @throws {InvalidArgumentError} where an outcome was fetched to this thread, for this poll, which did not take it
   */
  requireTaken(parent: number): void {
    if (this.#fetched.get(parent)?.isThere !== true) return;
    throw new InvalidArgumentError(
      'a machine that waits for a task to join must join that task when it is polled next',
    );
  }

  #take(parent: number, slot: number, at: number, failure: Fetched['failure']): unknown {
    const payload = this.#memory.payloadAt(at);
    const tag = this.#words[at + SLOT.tag]!; // S12
    const task = { id: this.#words[at + SLOT.id]!, name: this.#host.nameOf(at) }; // S12
    const isAborted = this.#words[at + SLOT.outcome] === ABORTED; // S12
    try {
      if (isAborted) throw JoinError.cancelled(task);
      if (failure !== undefined) {
        this.#host.payloads.reclaim(payload);
        throw failure.error;
      }
      return this.#host.payloads.take(payload, tag);
    } catch (cause) {
      throw isAborted ? cause : JoinError.panicked(cause, task);
    } finally {
      this.#words[at + SLOT.outcome] = JOINED; // S12
      this.#words[this.#memory.slotAt(parent) + SLOT.outcome]!--; // S12
      this.#fetched.delete(parent);
      setParent(this.#memory, at, NONE);
      this.#host.deliver(slot, at);
    }
  }

  #requireChild(parent: number, child: number): number {
    const slot = child % MOST_SLOTS;
    const isSlot = Number.isSafeInteger(child) && child >= 0 && slot < this.#memory.slots;
    if (isSlot && parentOf(this.#memory, this.#memory.slotAt(slot)) === parent && this.#numberOf(slot) === child) {
      return slot;
    }
    throw new InvalidArgumentError(
      `a machine can join what its spawn() gave, once; ${String(child)} was joined before, or is nothing of the kind`,
    );
  }

  /** Parts the machine in a slot from the tasks that it has not joined, before its outcome is written. */
  leave(parent: number, at: number): void {
    const fetched = this.#fetched.get(parent);
    if (fetched !== undefined) {
      this.#fetched.delete(parent);
      const child = this.#memory.slotAt(fetched.slot);
      this.#host.payloads.drop(this.#memory.payloadAt(child), this.#words[child + SLOT.tag]!); // S12
      this.#words[child + SLOT.outcome] = JOINED; // S12: what was fetched to this thread is of no use to others
      setParent(this.#memory, child, NONE);
      this.#host.deliver(fetched.slot, child);
    }
    if (this.#words[at + SLOT.outcome] === 0) return; // S7
    disownAll(this.#memory, parent, this.#host.seat, (slot, child) => this.#host.deliver(slot, child));
  }
}
