// The sending side of a bounded channel: one of many, each with a ticket of its own.

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
import { SendersExhaustedError } from './errors.ts';
import { MpscMemory, ROOM } from './layout.ts';
import { Messages, type Written } from './message.ts';
import { Queue } from './queue.ts';
import { NONE } from './states.ts';

/** Names a sender that was shared, to the thread that is to open it. */
export interface MpscSenderHandle extends Handle<'mpsc-sender'> {
  readonly ticket: number;
  /** Which life of the ticket it is. */
  readonly life: number;
}

/** Checks a handle; gives the memory that it names. */
export function openSender(handle: MpscSenderHandle): MpscMemory {
  const { kind, ticket, life } = (handle as Partial<MpscSenderHandle> | null | undefined) ?? {};
  if (kind !== 'mpsc-sender') {
    throw new InvalidHandleError(`expected the handle of an mpsc-sender, not ${describe(kind ?? handle)}`);
  }
  const memory = MpscMemory.open(handle);
  if (!Number.isInteger(ticket) || ticket! < 0 || ticket! >= memory.senders || !Number.isInteger(life)) {
    throw new InvalidHandleError(`the channel has ${memory.senders} senders, and none is called ${describe(ticket)}`);
  }
  return memory;
}

/**
 * Sends messages into a bounded channel, beside any number of other senders.
 *
 * What was done before a send happens before what follows its receipt. The messages of one sender
 * are received in the order in which it sent them. See {@link mpsc}.
 */
export class MpscSender<T> implements Disposable {
  readonly #queue: Queue;
  readonly #messages: Messages;
  readonly #ticket: number;
  readonly #life: number;
  #isOpen = true;

  /** Builds the sender of a ticket that is open; for this package. */
  constructor(queue: Queue, ticket: number, life: number) {
    this.#queue = queue;
    this.#messages = new Messages(queue.memory);
    this.#ticket = ticket;
    this.#life = life;
  }

  /**
   * Opens a sender that was shared, on the thread that received its handle. Each handle opens once.
   *
   * @throws {InvalidHandleError} on anything but such a handle, or one that was opened or revoked
   */
  static from<T>(handle: MpscSenderHandle): MpscSender<T> {
    const queue = new Queue(openSender(handle));
    const { ticket, life } = handle;
    if (!queue.open(ticket, life)) throw new InvalidHandleError('this mpsc-sender was opened already, or revoked');
    return new MpscSender<T>(queue, ticket, life);
  }

  /**
   * Makes another sender of the same channel, for the thread that opens the handle. It counts as a
   * sender from now on, opened or not: the channel ends when all have closed.
   *
   * @throws {ClosedError} where this sender is closed
   * @throws {SendersExhaustedError} where `maxSenders` are open
   */
  share(): MpscSenderHandle {
    this.#requireOpen('share()');
    const offered = this.#queue.offer();
    if (offered === NONE) throw new SendersExhaustedError(this.#queue.memory.senders);
    return { ...this.#queue.memory.handle, kind: 'mpsc-sender', ...offered };
  }

  /** Tells that nothing can be sent any more: this sender or the receiver has closed. */
  get isClosed(): boolean {
    return !this.#isLive || this.#queue.isClosed;
  }

  get #isLive(): boolean {
    return this.#isOpen && this.#queue.isLive(this.#ticket, this.#life);
  }

  #requireOpen(operation: string): void {
    if (!this.#isLive) throw new ClosedError(`${operation}: this mpsc-sender is closed`);
  }

  /**
   * Sends a message if there is room. Never waits.
   *
   * @returns false where there is no room
   * @throws {ClosedError} where this sender or the receiver has closed
   * @throws {InvalidArgumentError} on what cannot be sent or is too large; nothing is sent then
   */
  trySend(value: T): boolean {
    this.#requireOpen('trySend()');
    return this.#try(this.#messages.write(value), 'trySend()');
  }

  /**
   * Sends a message; blocks while there is no room.
   *
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link MpscSender.sendAsync}
   * @throws {CancelledError} when the token in `signal` is cancelled
   * @throws {ClosedError} where this sender or the receiver has closed, or does so meanwhile
   * @throws {InvalidArgumentError} on what cannot be sent or is too large; and on a timeout that is negative or NaN
   * @throws {TimeoutError} after `timeout`; nothing is sent then
   */
  send(value: T, options: WaitOptions = {}): void {
    requireBlocking('MpscSender.send()', 'MpscSender.sendAsync()');
    this.#requireOpen('send()');
    const message = this.#messages.write(value);
    const deadline = Deadline.after(options.timeout);
    for (let isInTime = true; !this.#try(message, 'send()');) {
      if (!isInTime) throw new TimeoutError('MpscSender.send()', options.timeout!);
      const expected = this.#queue.armRoom();
      if (expected === undefined) continue;
      const wait = { ...options, timeout: deadline.left };
      isInTime = park(this.#queue.words, ROOM, expected, wait) !== 'timed-out';
    }
  }

  /**
   * Sends a message; waits, without blocking, while there is no room. Keeps the event loop alive
   * meanwhile. Rejects as {@link MpscSender.send} throws, and with the reason of an `AbortSignal`.
   */
  async sendAsync(value: T, options: WaitOptions = {}): Promise<void> {
    this.#requireOpen('sendAsync()');
    const message = this.#messages.write(value);
    const deadline = Deadline.after(options.timeout);
    for (let isInTime = true; !this.#try(message, 'sendAsync()');) {
      if (!isInTime) throw new TimeoutError('MpscSender.sendAsync()', options.timeout!);
      const expected = this.#queue.armRoom();
      if (expected === undefined) continue;
      const wait = { ...options, timeout: deadline.left };
      isInTime = (await parkAsync(this.#queue.words, ROOM, expected, wait)) !== 'timed-out';
    }
  }

  #try(message: Written, operation: string): boolean {
    const queue = this.#queue;
    const cell = queue.claim(this.#ticket);
    if (cell !== NONE) {
      this.#messages.put(cell, message);
      if (queue.push(cell)) return true;
      queue.free(cell);
    } else if (!queue.isShut) return false;
    throw new ClosedError(`${operation}: the receiver has closed`);
  }

  /** Closes this sender; the receiver sees the end once all senders have closed and all messages were received. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#queue.leave(this.#ticket, this.#life);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
