// The half that receives, once: without waiting, by blocking the thread, by a promise, or by
// being polled.

import { Deadline, requireBlocking, TimeoutError, type WaitOptions } from '@concurrency-lab/atomics';
import { Channel, LIVE } from './channel.ts';
import { defaultPool } from './default-pool.ts';
import { closeHalf, giveAway, openHalf, revokeHalf, revokePeer, type RevokeOptions } from './half.ts';
import type { ReceiverHandle } from './handle.ts';
import { requireSpins } from './pool.ts';
import { block, changed, look, Pending, watch } from './receiving.ts';
import type { ChannelOptions } from './sender.ts';
import { MESSAGE, RECEIVING_SIDE, SENDER } from './states.ts';

/** Carries what a poll uses: the way to ask for another poll. */
export interface PollContext {
  readonly waker: { wake(): void };
}

/**
 * Receives one value from the other half of its channel, in whichever way its thread can wait.
 *
 * @example
 * ```ts
 * import { oneshot, Sender } from '@concurrency-lab/oneshot';
 *
 * const [sender, receiver] = oneshot<number>();
 * const there = Sender.from<number>(structuredClone(sender.handle)); // in a worker
 * receiver.tryReceive(); // => undefined
 * const promise = receiver.receiveAsync();
 * there.send(42);
 * await promise; // => 42
 * ```
 */
export class Receiver<T> implements Disposable {
  readonly #channel: Channel<T>;

  /** Is made by {@link oneshot} and {@link Receiver.from}. */
  constructor(channel: Channel<T>) {
    this.#channel = channel;
  }

  /**
   * Opens the receiver that a handle names, on the thread that received it; once.
   *
   * @throws {InvalidHandleError} on anything but the handle of a receiver, and on one that was
   * opened or revoked, or whose channel has ended
   * @throws {InvalidArgumentError} without the codec that the channel uses, and on what is no codec
   */
  static from<T>(handle: ReceiverHandle, options: ChannelOptions<T> = {}): Receiver<T> {
    const channel = new Channel(defaultPool, options.codec, requireSpins(options.spins));
    channel.slot = openHalf(handle, 'oneshot-receiver', RECEIVING_SIDE, options.codec !== undefined);
    return new Receiver(channel);
  }

  /** Tells that no value will come: the sender has gone without, or this half has ended. */
  get isClosed(): boolean {
    return (factsOf(this.#channel) & (SENDER | MESSAGE)) === 0;
  }

  /** Tells that a value is there, so that receiving it does not wait. */
  get isReady(): boolean {
    return (factsOf(this.#channel) & MESSAGE) !== 0;
  }

  /**
   * Receives the value if it is there; undefined where it is not yet. Never waits. Where
   * undefined may be sent, {@link Receiver.isReady} tells the two apart.
   *
   * @throws {ClosedError} where the sender has gone without sending, or this half has ended
   * @throws {MovedError} where this half was given away
   * @throws whatever the sender's {@link Sender.fail} was given
   */
  tryReceive(): T | undefined {
    const value = look(this.#channel, 'tryReceive()');
    return value === Pending ? undefined : value;
  }

  /**
   * Receives the value; blocks this thread until it is there: spins for a while, unless that
   * was in vain of late, then sleeps. After a timeout or a cancellation, this half lives on.
   *
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link Receiver.receiveAsync}
   * @throws {CancelledError} when the token in `signal` is cancelled
   * @throws {ClosedError} where the sender has gone without sending, or this half has ended
   * @throws {DeadlockError} where the sender is on this thread, so that no value could ever come
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws {MovedError} where this half was given away
   * @throws {TimeoutError} after `timeout`
   * @throws whatever the sender's {@link Sender.fail} was given
   */
  receive(options?: WaitOptions): T {
    requireBlocking('Receiver.receive()', 'Receiver.receiveAsync()');
    const value = look(this.#channel, 'receive()');
    return value === Pending ? block(this.#channel, options) : value;
  }

  /**
   * Receives the value without blocking, by a promise; keeps the event loop alive meanwhile.
   * Rejects with what {@link Receiver.receive} throws, and with the reason of an `AbortSignal`.
   */
  async receiveAsync(options: WaitOptions = {}): Promise<T> {
    const channel = this.#channel;
    const deadline = Deadline.after(options.timeout);
    let isInTime = true;
    for (;;) {
      const value = look(channel, 'receiveAsync()');
      if (value !== Pending) return value;
      if (!isInTime) throw new TimeoutError('Receiver.receiveAsync()', options.timeout!);
      isInTime = await changed(channel, deadline.left, options.signal);
    }
  }

  /**
   * Polls for the value, as an executor polls a future: returns it, or `Pending` after having
   * arranged that `cx.waker` is woken, on this thread, when another poll is worth it.
   *
   * @throws {ClosedError} where the sender has gone without sending, or this half has ended
   * @throws {MovedError} where this half was given away
   * @throws whatever the sender's {@link Sender.fail} was given
   *
   * @example
   * ```ts
   * import { oneshot, Pending } from '@concurrency-lab/oneshot';
   *
   * const [sender, receiver] = oneshot<number>();
   * const cx = { waker: { wake: () => console.log('poll me again') } };
   * receiver.poll(cx) === Pending; // => true
   * sender.send(42);
   * receiver.poll(cx); // => 42
   * ```
   */
  poll(cx: PollContext): T | typeof Pending;
  /**
   * Tells the types of an executor, whose own type of `Pending` is another, that `T` is what a
   * poll comes to in the end. Cannot be called.
   */
  poll(cx: never): T;
  /** Polls, for either form. */
  poll(cx: PollContext): T | typeof Pending {
    const channel = this.#channel;
    const value = look(channel, 'poll()');
    if (value !== Pending) return value;
    channel.waker = cx.waker;
    if (channel.unwatch === undefined) watch(channel);
    return Pending;
  }

  /** Closes this half: an executor's way to give up a future that it will not poll again. */
  drop(): void {
    this.close();
  }

  /** Makes `yield* receiver` wait for the value in a coroutine of mini-exec. */
  *[Symbol.iterator](): Generator<this, T, unknown> {
    return (yield this) as T;
  }

  /**
   * Gives this half away: the handle, sent by `postMessage` or within a value, opens it once,
   * on any thread. This object can then only {@link Receiver.revoke}. Later reads give the same
   * handle. The first half that leaves its thread takes a slot of the arena.
   *
   * @throws {ClosedError} where this half has ended
   * @throws {ExhaustedError} where the arena has no slot left
   * @throws {InvalidArgumentError} where a value waits in the channel that cannot leave this
   * thread, or is too large; it stays
   */
  get handle(): ReceiverHandle {
    return giveAway(this.#channel, 'oneshot-receiver', RECEIVING_SIDE);
  }

  /** Closes this half, which the other side sees. Does nothing once it has ended or was given away. */
  close(): void {
    closeHalf(this.#channel, RECEIVING_SIDE);
  }

  /**
   * Ends this half where it was given away to, or closes it where it was not; the other side
   * sees it closed, and wakes. Never waits. For a thread that has exited without a word:
   * `worker.once('exit', () => receiver.revoke({ exited: true }))`. A value that was sent stays. The
   * half's holder, if it still runs, finds its half closed.
   *
   * @returns whether this call ended it
   */
  revoke(options: RevokeOptions = {}): boolean {
    return revokeHalf(this.#channel, RECEIVING_SIDE, options);
  }

  /**
   * Ends the other half, as that half's own `revoke` would: for the thread that holds this half,
   * when the thread that holds the other has exited. Never waits.
   *
   * @returns whether this call ended it
   * @throws {MovedError} where this half was given away
   */
  revokePeer(options: RevokeOptions = {}): boolean {
    return revokePeer(this.#channel, RECEIVING_SIDE, options);
  }

  /** Closes this half, at the end of a `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Gives the facts of the channel; 0 where the receiver has ended. */
function factsOf<T>({ slot, facts, receiver }: Channel<T>): number {
  if (receiver !== LIVE) return 0;
  return slot === undefined ? facts : slot.look();
}
