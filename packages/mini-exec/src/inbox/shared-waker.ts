// Wakers for other threads: the callers' side of the inbox, see there.

import { describe, type Handle, InvalidHandleError } from '@concurrency-lab/atomics';
import type { Waker } from '../core/future.ts';
import { descriptors } from './event-descriptor.ts';
import { threadInbox } from './inbox.ts';
import { CALLED, INBOX, LAYOUT, PARKED, POLLING, SLOTS } from './layout.ts';

const { called: BITS, eventFd: EVENT_FD, generations: GENERATION, state: STATE } = LAYOUT.index;

/** Names a shared waker; a plain object that `postMessage` and structured clone carry. */
export interface WakerHandle extends Handle<'waker-inbox'> {
  readonly slot: number;
  readonly generation: number;
}

/**
 * Wakes a task of another thread.
 *
 * @example
 * ```ts
 * import { type Context, Executor, Future, Pending, type Poll, SharedWaker, shareWaker } from '@concurrency-lab/mini-exec';
 *
 * class Wait extends Future<string> {
 *   #words = new Int32Array(new SharedArrayBuffer(4));
 *   #shared: ReturnType<typeof shareWaker> | undefined;
 *
 *   override poll(cx: Context): Poll<string> {
 *     if (this.#shared === undefined) {
 *       this.#shared = shareWaker(cx.waker);
 *       post({ words: this.#words, waker: this.#shared.handle }); // to a worker
 *     }
 *     if (Atomics.load(this.#words, 0) === 0) return Pending;
 *     this.drop();
 *     return 'done';
 *   }
 *
 *   override drop() {
 *     this.#shared?.[Symbol.dispose]();
 *   }
 * }
 *
 * // What the worker does with it:
 * function post(message: { words: Int32Array; waker: ReturnType<typeof shareWaker>['handle'] }) {
 *   const { words, waker } = structuredClone(message);
 *   setTimeout(() => {
 *     Atomics.store(words, 0, 1);
 *     SharedWaker.from(waker).wake();
 *   });
 * }
 *
 * await new Executor().spawn(new Wait()); // => 'done'
 * ```
 */
export class SharedWaker implements Waker {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #slot: number;
  readonly #generation: number;

  private constructor(words: Int32Array<SharedArrayBuffer>, slot: number, generation: number) {
    this.#words = words;
    this.#slot = slot;
    this.#generation = generation;
  }

  /**
   * Opens a waker that another thread shared, or this one.
   *
   * @throws {InvalidHandleError} on anything but the handle of a {@link shareWaker}
   */
  static from(handle: WakerHandle): SharedWaker {
    const { words } = INBOX.from(handle);
    const { slot, generation } = handle;
    if (!Number.isInteger(slot) || slot < 0 || slot >= SLOTS || !Number.isInteger(generation)) {
      throw new InvalidHandleError(
        `a waker's handle has a slot from 0 to ${SLOTS - 1} and an integer generation, not ` +
          `${describe(slot)} and ${describe(generation)}`,
      );
    }
    return new SharedWaker(words, slot, generation);
  }

  /**
   * Has the task polled again, on its own thread. Everything written before happens before
   * that poll. Never blocks; does nothing when the waker is no longer shared.
   */
  wake(): void {
    // ORDERING(W2): observes W1's count, and nothing else; a call too late wakes for nothing.
    if (Atomics.load(this.#words, GENERATION + this.#slot) !== this.#generation) return;
    // ORDERING(W5): publishes what came before to W4; before W6, which has W4 look.
    Atomics.or(this.#words, BITS + (this.#slot >> 5), 1 << (this.#slot & 31));
    // ORDERING(W6): after the bit, in the total order; sees W7 if the owner sleeps, or is seen by it.
    const owner = Atomics.or(this.#words, STATE, CALLED);
    // ORDERING(W9): wakes W8, and the event loop's wait; also where a caller before has seen to it, and died in between.
    if ((owner & PARKED) !== 0) Atomics.notify(this.#words, STATE);
    if ((owner & POLLING) !== 0) descriptors.signal(this.#words[EVENT_FD]!); // W10: plain, published by W7.
  }
}

/**
 * Shares a waker with other threads, until it is disposed of: its `handle` opens there as a
 * {@link SharedWaker}. While a waker is shared, the event loop stays alive, and `blockOn`
 * waits for it. At most 4096 wakers of a thread are shared at a time.
 *
 * @throws {SlotsExhaustedError} when as many are shared
 */
export function shareWaker(waker: Waker): { readonly handle: WakerHandle } & Disposable {
  const inbox = threadInbox();
  const { slot, generation } = inbox.add(waker);
  void inbox.watch();
  let shared = true;
  return {
    handle: { ...inbox.region.handle, slot, generation },
    [Symbol.dispose](): void {
      if (shared) inbox.remove(slot);
      shared = false;
    },
  };
}
