// What the two halves of a channel share while both are on one thread: a few plain fields.
// Such a channel passes the value itself, as a promise does, and costs no shared memory. When
// the first half is given away, the channel takes a slot and goes on there, with what it has.

import { abortSignalOf, type WaitOptions } from '@concurrency-lab/atomics';
import type { HalfHandle } from './handle.ts';
import type { Pool } from './pool.ts';
import type { Slot } from './slot.ts';
import { MESSAGE, PINS, RECEIVER, RECEIVING_SIDE, SENDER, SENDING_SIDE, type Side } from './states.ts';
import { type Codec, requireCodec, sendThrough, throwThrough } from './wire/payload.ts';

// Timers take no more: 24.8 days.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What became of a half: it is live until it has done its one thing, is closed, or is given away. */
export const LIVE = 0;
export const DONE = 1;
export const CLOSED = 2;
export const MOVED = 3;

/**
 * Is a channel, as the halves on one thread see it. All that the halves remember is here, and
 * the halves are of no common class: a derived one would double the cost of making a channel
 * (`node bench/oneshot.bench.mjs`).
 */
export class Channel<T> {
  readonly codec: Codec<T> | undefined;
  readonly spins: number | undefined;
  /** Gives the memory, once it is needed. */
  readonly pool: () => Pool;
  /** Where the channel lives once a half has left this thread. */
  slot: Slot | undefined = undefined;
  /** The facts of states.ts, as long as there is no slot. */
  facts: number = SENDER | RECEIVER;
  /** What became of the sender, and of the receiver, on this thread. */
  sender: number = LIVE;
  receiver: number = LIVE;
  senderHandle: HalfHandle<string> | undefined = undefined;
  receiverHandle: HalfHandle<string> | undefined = undefined;
  /** Wakes the task that polled last, and ends the wait that will wake it. */
  waker: { wake(): void } | undefined = undefined;
  unwatch: (() => void) | undefined = undefined;
  #value: unknown = undefined;
  #isThrown = false;
  #waiting: Set<() => void> | undefined = undefined;

  constructor(pool: () => Pool, codec: Codec<T> | undefined, spins: number | undefined) {
    if (codec !== undefined) requireCodec(codec);
    this.pool = pool;
    this.codec = codec;
    this.spins = spins;
  }

  /** Notes what became of a half on this thread. */
  end(side: Side, as: number): void {
    if (side === SENDING_SIDE) this.sender = as;
    else {
      this.receiver = as;
      if (this.unwatch !== undefined) this.unwatch();
    }
  }

  /** Sends, wherever the channel lives; false where nobody is there to take it. */
  send(value: T): boolean {
    return this.slot === undefined ? this.#put(value, false) : sendThrough(this.slot, value, this.codec);
  }

  /** Sends something to be thrown. */
  fail(reason: unknown): boolean {
    return this.slot === undefined ? this.#put(reason, true) : throwThrough(this.slot, reason);
  }

  #put(value: unknown, isThrown: boolean): boolean {
    const isWanted = this.facts === (SENDER | RECEIVER);
    this.facts &= ~SENDER;
    if (!isWanted) return false;
    this.#value = value;
    this.#isThrown = isThrown;
    this.facts = RECEIVER | MESSAGE;
    if (this.#waiting !== undefined) this.#wake();
    return true;
  }

  /** Takes the message of a channel that has no slot, and returns or throws it. */
  take(): T {
    const value = this.#value;
    this.facts = 0;
    this.#value = undefined;
    if (this.#isThrown) throw value;
    return value as T;
  }

  /** Ends a half, by its holder. */
  leave(side: Side): void {
    if (this.slot !== undefined) return this.slot.leave(side);
    this.#clear(side);
  }

  /** Ends a half, wherever it is; tells whether it lived. */
  evict(side: Side, hasExited: boolean): boolean {
    if (this.slot !== undefined) return this.slot.evict(side, hasExited);
    const lived = (this.facts & side.half) !== 0;
    this.#clear(side);
    return lived;
  }

  #clear(side: Side): void {
    this.facts &= ~side.half;
    if (side !== SENDING_SIDE) this.#value = undefined;
    this.#wake();
  }

  /** Moves the channel into a slot, unless it is in one already. */
  share(): Slot {
    if (this.slot !== undefined) return this.slot;
    const hasMessage = (this.facts & MESSAGE) !== 0;
    const slot = this.pool().allocate(hasMessage ? SENDER | RECEIVER : this.facts & PINS);
    if (hasMessage) {
      try {
        if (this.#isThrown) throwThrough(slot, this.#value);
        else sendThrough(slot, this.#value as T, this.codec);
      } catch (error) {
        slot.evict(SENDING_SIDE, false);
        slot.leave(RECEIVING_SIDE);
        throw error;
      }
      this.#value = undefined;
    }
    this.slot = slot;
    this.#wake();
    return slot;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.forEach((callback) => callback());
  }

  /** Calls back, once, when a channel without a slot has changed or got one; gives the way to take that back. */
  onChange(callback: () => void): () => void {
    const waiting = (this.#waiting ??= new Set());
    waiting.add(callback);
    return () => waiting.delete(callback);
  }

  /** Waits until a channel without a slot has changed or got one; false after `timeout`, in ms. */
  changed(timeout: number, signal: WaitOptions['signal']): Promise<boolean> {
    const aborting = abortSignalOf(signal);
    aborting?.throwIfAborted();
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const finish = (): void => {
        clearTimeout(timer);
        aborting?.removeEventListener('abort', abort);
        forget();
      };
      const forget = this.onChange(() => {
        finish();
        resolve(true);
      });
      const abort = (): void => {
        finish();
        reject(aborting!.reason as Error);
      };
      aborting?.addEventListener('abort', abort, { once: true });
      if (timeout === Infinity) return;
      const expire = (): void => {
        finish();
        resolve(timeout > LONGEST_TIMER_MS);
      };
      timer = setTimeout(expire, Math.min(timeout, LONGEST_TIMER_MS));
    });
  }
}
