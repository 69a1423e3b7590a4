// A cancellation flag in shared memory. An AbortSignal tells only the thread that owns it,
// and only between two events; a token is seen by every thread, in the middle of a
// synchronous loop. One word, one transition:
//
//   LIVE --(T1 cancel)--> CANCELLED
//
// T1 publishes what the cancelling thread wrote before; T2 observes it. The bridges: a
// token made from a signal is cancelled when the signal aborts; a token's own signal aborts
// on this thread when any thread cancels the token.

import { describe } from './arguments.ts';
import { Deadline } from './deadline.ts';
import { CancelledError, InvalidArgumentError, UnsupportedPlatformError } from './errors.ts';
import { defineStructure, HEADER_FIELDS, type Handle, type Region } from './handle.ts';
import { defineLayout } from './layout.ts';
import { park, unpark, type WaitOptions } from './park.ts';
import { parkAsync } from './park-async.ts';
import { requireBlocking } from './platform.ts';
import type { Cancellation } from './signal.ts';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  state: 'int32', // LIVE or CANCELLED; any thread may cancel, none goes back
});
const TOKEN = defineStructure({ kind: 'cancel-token', version: 1, ...LAYOUT });
const STATE = LAYOUT.index.state;

const LIVE = 0;
const CANCELLED = 1;

/** Names a {@link CancelToken} to another thread. */
export type CancelTokenHandle = Handle<'cancel-token'>;

/**
 * Cancels work on any thread, even in a synchronous loop, which no `AbortSignal` reaches.
 *
 * What the cancelling thread wrote before {@link CancelToken.cancel} is visible to whoever
 * sees the token cancelled.
 *
 * @example
 * ```ts
 * import { CancelToken } from '@concurrency-lab/atomics';
 *
 * const token = CancelToken.create();
 * const seenElsewhere = CancelToken.from(structuredClone(token.handle)); // in a worker
 * seenElsewhere.isCancelled; // => false
 * token.cancel();
 * seenElsewhere.isCancelled; // => true
 * ```
 */
export class CancelToken implements Cancellation, Disposable {
  /** Counts the bytes a token takes in shared memory. */
  static readonly BYTES: number = LAYOUT.byteLength;

  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #handle: CancelTokenHandle;
  /** Aborts this thread's signal; made when the signal is first asked for. */
  #aborter: AbortController | undefined;
  /** Ends the background wait that feeds `#aborter`. */
  #watching: AbortController | undefined;
  /** Ends the listening of {@link CancelToken.fromSignal}. */
  #unfollow: (() => void) | undefined;

  private constructor(region: Region<'cancel-token'>) {
    this.#words = region.words;
    this.#handle = region.handle;
  }

  /**
   * Creates a token in a buffer of its own. For many tokens, {@link CancelToken.at} is
   * cheaper: allocating a buffer costs about 300 ns.
   *
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(): CancelToken {
    return new CancelToken(TOKEN.create());
  }

  /**
   * Creates a token in {@link CancelToken.BYTES} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 4
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number): CancelToken {
    return new CancelToken(TOKEN.at(buffer, byteOffset));
  }

  /**
   * Opens the token that a handle names, on the thread that received the handle.
   *
   * @throws {InvalidHandleError} on anything but the handle of a token
   */
  static from(handle: CancelTokenHandle): CancelToken {
    return new CancelToken(TOKEN.from(handle));
  }

  /**
   * Creates a token that is cancelled when `signal` aborts; dispose of it to stop following.
   *
   * @throws {InvalidArgumentError} on anything but an AbortSignal
   *
   * @example
   * ```ts
   * import { CancelToken } from '@concurrency-lab/atomics';
   *
   * const controller = new AbortController();
   * using token = CancelToken.fromSignal(controller.signal);
   * controller.abort();
   * token.isCancelled; // => true
   * ```
   */
  static fromSignal(signal: AbortSignal): CancelToken {
    if (typeof signal?.addEventListener !== 'function') {
      throw new InvalidArgumentError(`signal must be an AbortSignal, not ${describe(signal)}`);
    }
    const token = CancelToken.create();
    const cancel = (): void => void token.cancel();
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
    token.#unfollow = () => signal.removeEventListener('abort', cancel);
    return token;
  }

  /** Gives the plain object that names this token to another thread. */
  get handle(): CancelTokenHandle {
    return this.#handle;
  }

  /** Tells whether any thread has cancelled; one atomic load, fit for an inner loop. */
  get isCancelled(): boolean {
    // ORDERING(T2): observes T1, and with it what the cancelling thread wrote before.
    return Atomics.load(this.#words, STATE) === CANCELLED;
  }

  /**
   * Throws if any thread has cancelled.
   *
   * @throws {CancelledError} if so
   */
  throwIfCancelled(): void {
    if (this.isCancelled) throw new CancelledError();
  }

  /**
   * Cancels, for every thread, for good. Never waits.
   *
   * @returns whether this call was the one that did it
   */
  cancel(): boolean {
    // ORDERING(T1): publishes what this thread wrote before to T2; admits one of several cancellers.
    const first = Atomics.compareExchange(this.#words, STATE, LIVE, CANCELLED) === LIVE;
    if (first) unpark(this.#words, STATE);
    this.#aborter?.abort(new CancelledError());
    return first;
  }

  /**
   * Gives an `AbortSignal` of this thread that aborts, with a {@link CancelledError}, once
   * any thread cancels. It does not keep the process alive.
   *
   * @throws {UnsupportedPlatformError} in an AudioWorklet, which has no AbortController
   *
   * @example
   * ```ts
   * import { CancelToken } from '@concurrency-lab/atomics';
   *
   * using token = CancelToken.create();
   * const { signal } = token;
   * token.cancel();
   * signal.aborted; // => true
   * ```
   */
  get signal(): AbortSignal {
    if (this.#aborter === undefined) {
      if (typeof AbortController === 'undefined') {
        throw new UnsupportedPlatformError('this thread has no AbortController; read isCancelled instead');
      }
      this.#aborter = new AbortController();
      this.#watching = new AbortController();
      if (this.isCancelled) this.#aborter.abort(new CancelledError());
      else void this.#watch(this.#aborter, this.#watching.signal);
    }
    return this.#aborter.signal;
  }

  async #watch(aborter: AbortController, disposed: AbortSignal): Promise<void> {
    try {
      while (!this.isCancelled) await parkAsync(this.#words, STATE, LIVE, { signal: disposed, keepAlive: false });
      aborter.abort(new CancelledError());
    } catch (error) {
      if (!disposed.aborted) throw error;
    }
  }

  /**
   * Blocks until any thread cancels.
   *
   * @returns true when cancelled, false after `timeout`
   * @throws {BlockingForbiddenError} where {@link canBlock} is false; use {@link CancelToken.waitAsync}
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   */
  wait(options: WaitOptions = {}): boolean {
    requireBlocking('CancelToken.wait()', 'CancelToken.waitAsync()');
    const deadline = Deadline.after(options.timeout);
    while (!this.isCancelled) {
      const result = park(this.#words, STATE, LIVE, { ...options, timeout: deadline.left });
      if (result === 'timed-out') return this.isCancelled;
    }
    return true;
  }

  /**
   * Waits, without blocking, until any thread cancels; keeps the event loop alive meanwhile.
   *
   * @returns true when cancelled, false after `timeout`
   * @throws {InvalidArgumentError} (by rejecting) on a timeout that is negative or NaN
   */
  async waitAsync(options: WaitOptions = {}): Promise<boolean> {
    const deadline = Deadline.after(options.timeout);
    while (!this.isCancelled) {
      const result = await parkAsync(this.#words, STATE, LIVE, { ...options, timeout: deadline.left });
      if (result === 'timed-out') return this.isCancelled;
    }
    return true;
  }

  /** Ends what this thread does for the token: following a signal, feeding its own. The token lives on. */
  [Symbol.dispose](): void {
    this.#unfollow?.();
    this.#watching?.abort();
  }
}
