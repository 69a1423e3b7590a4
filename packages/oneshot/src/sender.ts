// The half that sends, once, and never waits.

import { ClosedError } from '@concurrency-lab/atomics';
import { Channel, CLOSED, DONE, LIVE } from './channel.ts';
import { closeHalf, giveAway, openHalf, requireLive, revokeHalf, revokePeer, type RevokeOptions } from './half.ts';
import type { SenderHandle } from './handle.ts';
import { requireSpins } from './pool.ts';
import { defaultPool } from './default-pool.ts';
import { SENDER, RECEIVER, SENDING_SIDE } from './states.ts';
import type { Codec } from './wire/payload.ts';

/** Holds the options of a channel. */
export interface ChannelOptions<T> {
  /** Turns values into bytes, in place of the general form; both threads must give the same. */
  readonly codec?: Codec<T> | undefined;
  /** How many rounds a blocking receive spins before it sleeps, 0 to 100; the arena's where not given. */
  readonly spins?: number | undefined;
}

/**
 * Sends one value to the other half of its channel.
 *
 * What the sending thread did before {@link Sender.send} happens before the receive that
 * returns the value.
 *
 * @example
 * ```ts
 * import { oneshot, Sender } from '@concurrency-lab/oneshot';
 *
 * const [sender, receiver] = oneshot<string>();
 * const there = Sender.from<string>(structuredClone(sender.handle)); // in a worker
 * there.send('done');
 * receiver.receive(); // => 'done'
 * ```
 */
export class Sender<T> implements Disposable {
  readonly #channel: Channel<T>;

  /** Is made by {@link oneshot} and {@link Sender.from}. */
  constructor(channel: Channel<T>) {
    this.#channel = channel;
  }

  /**
   * Opens the sender that a handle names, on the thread that received it; once.
   *
   * @throws {InvalidHandleError} on anything but the handle of a sender, and on one that was
   * opened or revoked, or whose channel has ended
   * @throws {InvalidArgumentError} without the codec that the channel uses, and on what is no codec
   */
  static from<T>(handle: SenderHandle, options: ChannelOptions<T> = {}): Sender<T> {
    const channel = new Channel(defaultPool, options.codec, requireSpins(options.spins));
    channel.slot = openHalf(handle, 'oneshot-sender', SENDING_SIDE, options.codec !== undefined);
    return new Sender(channel);
  }

  /** Tells that a value would reach nobody: the receiver has gone, or this half has ended. */
  get isClosed(): boolean {
    const { slot, facts, sender } = this.#channel;
    if (sender !== LIVE) return true;
    return slot === undefined ? facts !== (SENDER | RECEIVER) : !slot.isOpen;
  }

  /**
   * Sends the value, and wakes the receiver. Never waits; allocates nothing for a number. Ends
   * this half.
   *
   * On one thread the value itself is passed, as by a promise; between threads, a copy.
   *
   * @throws {ClosedError} where the receiver has gone, or this half has ended; the value stays with the caller
   * @throws {InvalidArgumentError} on a value that cannot leave the thread, or takes more bytes
   * than the slot has; nothing was sent then, and this half lives on
   * @throws {MovedError} where this half was given away
   */
  send(value: T): void {
    if (!this.trySend(value)) throw new ClosedError('send(): the receiver has gone');
  }

  /**
   * Sends as {@link Sender.send} does; returns false where the receiver has gone.
   *
   * @throws {ClosedError} where this half has ended
   * @throws {InvalidArgumentError} as `send`
   * @throws {MovedError} where this half was given away
   */
  trySend(value: T): boolean {
    const channel = this.#channel;
    if (channel.sender !== LIVE) requireLive(channel, SENDING_SIDE, 'send()');
    const isSent = channel.send(value);
    channel.sender = isSent ? DONE : CLOSED;
    return isSent;
  }

  /**
   * Sends, in place of a value, what the receiver's side is to throw. An error that cannot be
   * sent as it is, or is too large, is cut down to its name and message. Otherwise as
   * {@link Sender.trySend}.
   *
   * @throws {ClosedError} where this half has ended
   * @throws {InvalidArgumentError} on what is no error and cannot be sent
   * @throws {MovedError} where this half was given away
   *
   * @example
   * ```ts
   * import { oneshot } from '@concurrency-lab/oneshot';
   *
   * const [sender, receiver] = oneshot();
   * sender.fail(new RangeError('no such file'));
   * receiver.receive(); // throws 'no such file'
   * ```
   */
  fail(reason: unknown): boolean {
    const channel = this.#channel;
    requireLive(channel, SENDING_SIDE, 'fail()');
    const isSent = channel.fail(reason);
    channel.sender = isSent ? DONE : CLOSED;
    return isSent;
  }

  /**
   * Gives this half away: the handle, sent by `postMessage` or within a value, opens it once,
   * on any thread. This object can then only {@link Sender.revoke}. Later reads give the same
   * handle. The first half that leaves its thread takes a slot of the arena.
   *
   * @throws {ClosedError} where this half has ended
   * @throws {ExhaustedError} where the arena has no slot left
   * @throws {InvalidArgumentError} where a value waits in the channel that cannot leave this
   * thread, or is too large; it stays
   */
  get handle(): SenderHandle {
    return giveAway(this.#channel, 'oneshot-sender', SENDING_SIDE);
  }

  /** Closes this half, which the other side sees. Does nothing once it has ended or was given away. */
  close(): void {
    closeHalf(this.#channel, SENDING_SIDE);
  }

  /**
   * Ends this half where it was given away to, or closes it where it was not; the other side
   * sees it closed, and wakes. Never waits. For a thread that has exited without a word:
   * `worker.once('exit', () => sender.revoke({ exited: true }))`. A value that was sent stays. The
   * half's holder, if it still runs, finds its half closed.
   *
   * @returns whether this call ended it
   */
  revoke(options: RevokeOptions = {}): boolean {
    return revokeHalf(this.#channel, SENDING_SIDE, options);
  }

  /**
   * Ends the other half, as that half's own `revoke` would: for the thread that holds this half,
   * when the thread that holds the other has exited. Never waits.
   *
   * @returns whether this call ended it
   * @throws {MovedError} where this half was given away
   */
  revokePeer(options: RevokeOptions = {}): boolean {
    return revokePeer(this.#channel, SENDING_SIDE, options);
  }

  /** Closes this half, at the end of a `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
