// The receiving side of a bounded channel: the only one that takes messages.

import {
  ClosedError,
  Deadline,
  describe,
  type Handle,
  InvalidHandleError,
  park,
  parkAsync,
  requireBlocking,
  TimeoutError,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { type Context, Future, Pending, type Poll, type Waker } from '@concurrency-lab/mini-exec';
import { INBOX, MpscMemory, RECEIVER } from './layout.ts';
import { Messages } from './message.ts';
import { Queue } from './queue.ts';
import { type MpscSenderHandle, openSender } from './sender.ts';
import { HELD, NONE, OFFERED } from './states.ts';

/** Names a receiver that was given away, to the thread that is to open it. */
export type MpscReceiverHandle = Handle<'mpsc-receiver'>;

/**
 * Receives the messages of a bounded channel, each once. As a future of mini-exec it comes to the
 * next message: `yield* receiver`. `for await` reads until the end. See {@link mpsc}.
 */
export class MpscReceiver<T> extends Future<T> implements Disposable, AsyncIterable<T> {
  readonly #queue: Queue;
  readonly #messages: Messages;
  #isHere = true;
  /** Wakes whoever polls, once another look is worth it. */
  #waker: Waker | undefined;
  #isWatching = false;

  /** Builds the receiver of a channel; for this package. */
  constructor(queue: Queue) {
    super();
    this.#queue = queue;
    this.#messages = new Messages(queue.memory);
  }

  /**
   * Opens a receiver that was given away, on the thread that received its handle. Each handle opens once.
   *
   * @throws {InvalidHandleError} on anything but such a handle, or one that was opened
   */
  static from<T>(handle: MpscReceiverHandle): MpscReceiver<T> {
    const kind = (handle as Partial<MpscReceiverHandle> | null | undefined)?.kind;
    if (kind !== 'mpsc-receiver') {
      throw new InvalidHandleError(`expected the handle of an mpsc-receiver, not ${describe(kind ?? handle)}`);
    }
    const memory = MpscMemory.open(handle);
    // ORDERING(M18): gives the receiver's own words (M14) from one thread to the next; admits one of several.
    if (Atomics.compareExchange(memory.words, RECEIVER, OFFERED, HELD) !== OFFERED) {
      throw new InvalidHandleError('this mpsc-receiver was opened already');
    }
    return new MpscReceiver<T>(new Queue(memory));
  }

  /**
   * Gives this receiver away: the handle, sent to another thread, opens it there, once. What is under
   * way is received there.
   *
   * @throws {ClosedError} where it was given away before
   */
  give(): MpscReceiverHandle {
    this.#requireHere('give()');
    this.#isHere = false;
    const { words, handle } = this.#queue.memory;
    Atomics.store(words, RECEIVER, OFFERED); // M18
    return { ...handle, kind: 'mpsc-receiver' };
  }

  /** Tells how many messages may be under way. */
  get capacity(): number {
    return this.#queue.memory.capacity;
  }

  #requireHere(operation: string): void {
    if (!this.#isHere) throw new ClosedError(`${operation}: this mpsc-receiver was given away`);
  }

  /** Takes the next message if there is one; throws at the end. */
  #look(operation: string): T | typeof Pending {
    this.#requireHere(operation);
    const queue = this.#queue;
    const cell = queue.take();
    if (cell === NONE) {
      if (!queue.isAtEnd) return Pending;
      throw new ClosedError(`${operation}: the channel is closed, and all its messages were received`);
    }
    try {
      return this.#messages.get(cell) as T;
    } finally {
      queue.free(cell);
    }
  }

  /**
   * Receives the next message if there is one; undefined where there is none yet. Never waits.
   *
   * @throws {ClosedError} at the end: the channel is closed and empty
   */
  tryReceive(): T | undefined {
    const value = this.#look('tryReceive()');
    return value === Pending ? undefined : value;
  }

  /**
   * Receives the next message; blocks while there is none.
   *
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link MpscReceiver.receiveAsync}
   * @throws {CancelledError} when the token in `signal` is cancelled
   * @throws {ClosedError} at the end: the channel is closed and empty
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws {TimeoutError} after `timeout`
   */
  receive(options: WaitOptions = {}): T {
    requireBlocking('MpscReceiver.receive()', 'MpscReceiver.receiveAsync()');
    const deadline = Deadline.after(options.timeout);
    for (let isInTime = true; ;) {
      const value = this.#look('receive()');
      if (value !== Pending) return value;
      if (!isInTime) throw new TimeoutError('MpscReceiver.receive()', options.timeout!);
      const expected = this.#queue.armInbox();
      if (expected === undefined) continue;
      const wait = { ...options, timeout: deadline.left };
      isInTime = park(this.#queue.words, INBOX, expected, wait) !== 'timed-out';
    }
  }

  /**
   * Receives the next message without blocking, by a promise; keeps the event loop alive meanwhile.
   * Rejects as {@link MpscReceiver.receive} throws, and with the reason of an `AbortSignal`.
   */
  async receiveAsync(options: WaitOptions = {}): Promise<T> {
    const deadline = Deadline.after(options.timeout);
    for (let isInTime = true; ;) {
      const value = this.#look('receiveAsync()');
      if (value !== Pending) return value;
      if (!isInTime) throw new TimeoutError('MpscReceiver.receiveAsync()', options.timeout!);
      const expected = this.#queue.armInbox();
      if (expected === undefined) continue;
      const wait = { ...options, timeout: deadline.left };
      isInTime = (await parkAsync(this.#queue.words, INBOX, expected, wait)) !== 'timed-out';
    }
  }

  /** Polls for the next message, as an executor polls a future. Throws at the end. */
  override poll(cx: Context): Poll<T> {
    for (;;) {
      const value = this.#look('poll()');
      if (value !== Pending) return value;
      this.#waker = cx.waker;
      if (this.#isWatching) return Pending;
      const expected = this.#queue.armInbox();
      if (expected === undefined) continue;
      this.#isWatching = true;
      void parkAsync(this.#queue.words, INBOX, expected).then(() => {
        this.#isWatching = false;
        const waker = this.#waker;
        this.#waker = undefined;
        waker?.wake();
      });
      return Pending;
    }
  }

  /** Gives up a wait: the receiver stays open, and messages stay in the channel. */
  override drop(): void {
    this.#waker = undefined;
  }

  /** Receives until the end; leaving the loop closes the receiver. */
  [Symbol.asyncIterator](): AsyncIterator<T, void, undefined> {
    return {
      next: async () => {
        try {
          return { done: false, value: await this.receiveAsync() };
        } catch (error) {
          if (error instanceof ClosedError && this.#isHere) return { done: true, value: undefined };
          throw error;
        }
      },
      return: () => {
        this.close();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  /** Has no more messages accepted; those that are under way can still be received. Wakes all that wait. */
  close(): void {
    if (this.#isHere) this.#queue.close();
  }

  /**
   * Ends a sender that was shared and whose thread has exited, or never opened it, so that the
   * channel can end, and gives back the room that it had taken: for
   * `worker.once('exit', () => receiver.revoke(handle))`. What it had sent stays.
   *
   * Only after the thread has exited: a sender that is ended while it sends may lose or garble a message.
   *
   * @returns whether the sender had not ended yet
   * @throws {InvalidHandleError} on anything but the handle of a sender of this channel
   */
  revoke(handle: MpscSenderHandle): boolean {
    this.#requireHere('revoke()');
    const { buffer, byteOffset } = this.#queue.memory.handle;
    const named = openSender(handle).handle;
    if (named.buffer !== buffer || named.byteOffset !== byteOffset) {
      throw new InvalidHandleError('this mpsc-sender is one of another channel');
    }
    const { ticket, life } = handle;
    if (this.#queue.isLive(ticket, life)) this.#queue.reclaim(ticket);
    const wasLive = this.#queue.leave(ticket, life);
    if (!wasLive) this.#queue.endIfLast();
    return wasLive;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
