// The inbox of a thread: how other threads wake its tasks. A shared waker has a slot. Calling
// it sets the slot's bit, then says CALLED, then ends the owner's sleep if it sleeps. The
// owner says that it is awake before it takes the bits: who sets a bit after that says CALLED
// after that, and the owner sees it before it sleeps. It is the protocol of
// `std::thread::park`, with the bits for a payload. (shared-waker.ts is the callers' side.)
//
// A bit that outlives its waker wakes whoever has the slot next, for nothing, which wakers
// must bear anyway; generations keep that rare.

import { parkAsync, type Region } from '@concurrency-lab/atomics';
import type { Waker } from '../core/future.ts';
import { SlotsExhaustedError } from '../errors.ts';
import { AWAKE, CALLED, INBOX, LAYOUT, PARKED, type POLLING, SLOTS } from './layout.ts';

const { called: BITS, eventFd: EVENT_FD, generations: GENERATION, state: STATE } = LAYOUT.index;

/**
 * So many microtasks of those that were called come before the event loop's wait begins again: to begin
 * it takes longer than to run a task, and calls that come meanwhile are seen then.
 */
const HEAD_START = 4;

/** Receives the wake-ups of one thread; only that thread uses the object. */
export class Inbox {
  readonly region: Region<'waker-inbox'> = INBOX.create();
  readonly #words: Int32Array<SharedArrayBuffer> = this.region.words;
  readonly #wakers: (Waker | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  /** Set while the event loop waits for calls; then the state stays PARKED, so that every call notifies it. */
  #watched = false;

  /** Counts the wakers that are shared. */
  get shared(): number {
    return this.#wakers.length - this.#free.length;
  }

  /** Gives a waker a slot, and has the event loop wait for calls. */
  add(waker: Waker): { readonly slot: number; readonly generation: number } {
    const slot = this.#free.pop() ?? this.#wakers.length;
    if (slot === SLOTS) throw new SlotsExhaustedError(SLOTS);
    this.#wakers[slot] = waker;
    return { slot, generation: this.#nextGeneration(slot) };
  }

  /** Takes the slot back; handles to it wake nobody from then on. */
  remove(slot: number): void {
    this.#nextGeneration(slot);
    this.#wakers[slot] = undefined;
    this.#free.push(slot);
    if (this.shared === 0 && this.#watched) this.#call();
  }

  #nextGeneration(slot: number): number {
    const generation = ((this.#generations[slot] ?? 0) + 1) | 0;
    this.#generations[slot] = generation;
    // ORDERING(W1): tells handles of this waker from those of the slot's earlier ones; publishes nothing to W2.
    Atomics.store(this.#words, GENERATION + slot, generation);
    return generation;
  }

  /** Wakes the tasks that other threads have called. */
  take(): void {
    // ORDERING(W3): before the bits are taken (W4), in the total order: a bit set too late for W4 comes with a later W6.
    Atomics.store(this.#words, STATE, this.#watched ? PARKED : AWAKE);
    for (let word = 0; word << 5 < this.#wakers.length; word++) {
      // ORDERING(W4): takes the bits and loses none; observes what W5 publishes.
      let bits = Atomics.exchange(this.#words, BITS + word, 0);
      for (; bits !== 0; bits &= bits - 1) this.#wakers[(word << 5) | (31 - Math.clz32(bits & -bits))]?.wake();
    }
  }

  /**
   * Says that the owner is about to sleep, and tells whether it may: not when somebody has
   * called. Take the calls afterwards in both cases.
   */
  doze(state: typeof PARKED | typeof POLLING): boolean {
    // ORDERING(W7): a call that came before is seen here; one that comes after sees this, and wakes.
    return (Atomics.exchange(this.#words, STATE, state) & CALLED) === 0;
  }

  /** Blocks the thread until somebody calls, at most `timeout` milliseconds. */
  sleep(timeout: number): void {
    // ORDERING(W8): does not sleep if W6 has come since W7; woken by W9.
    if (this.doze(PARKED)) Atomics.wait(this.#words, STATE, PARKED, timeout);
  }

  /** Has the event loop take calls for as long as wakers are shared, and keeps it alive meanwhile. */
  async watch(): Promise<void> {
    if (this.#watched) return;
    this.#watched = true;
    this.take();
    while (this.shared > 0) {
      await parkAsync(this.#words, STATE, PARKED);
      this.take();
      for (let i = 0; i < HEAD_START; i++) await Promise.resolve();
    }
    this.#watched = false;
  }

  /** Ends the wait of the event loop. */
  #call(): void {
    Atomics.store(this.#words, STATE, CALLED); // W6
    Atomics.notify(this.#words, STATE); // W9
  }

  /** Says which descriptor wakes the owner while it sleeps in its reactor. */
  set eventFd(descriptor: number) {
    this.#words[EVENT_FD] = descriptor; // W10: plain, published by W7.
  }
}

let inbox: Inbox | undefined;

/** Gives this thread's inbox, made at the first call. */
export function threadInbox(): Inbox {
  return (inbox ??= new Inbox());
}
