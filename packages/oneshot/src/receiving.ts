// How a receiver takes its value: the one look that every way of waiting comes back to, and
// the waits themselves. The receiver announces that it will sleep (WAITING), and then sleeps on
// the very word that it announced it in; a change made in between keeps it awake.

import {
  Backoff,
  ClosedError,
  Deadline,
  park,
  parkAsync,
  TimeoutError,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { type Channel, CLOSED, DONE, LIVE } from './channel.ts';
import { DeadlockError } from './errors.ts';
import { requireLive } from './half.ts';
import type { Patience } from './patience.ts';
import { MESSAGE, RECEIVER, RECEIVING_SIDE, SENDER } from './states.ts';
import { ENDED, takeFrom } from './wire/payload.ts';

/** Stands for "not yet", as for the futures of mini-exec, which this package does without. */
export const Pending: unique symbol = Symbol.for('@concurrency-lab/mini-exec.Pending');

/** Takes the value if it is there; throws where none will come. */
export function look<T>(channel: Channel<T>, operation: string): T | typeof Pending {
  if (channel.receiver !== LIVE) requireLive(channel, RECEIVING_SIDE, operation);
  const { slot } = channel;
  const word = slot === undefined ? channel.facts : slot.look();
  if ((word & (SENDER | MESSAGE)) === SENDER) return Pending;
  if ((word & MESSAGE) !== 0) {
    channel.end(RECEIVING_SIDE, DONE); // before the value is decoded, which may throw
    const value = slot === undefined ? channel.take() : takeFrom(slot, word, channel.codec);
    if (value !== ENDED) return value;
  } else if ((word & RECEIVER) !== 0) channel.leave(RECEIVING_SIDE);
  channel.end(RECEIVING_SIDE, CLOSED);
  const isRevoked = (word & (RECEIVER | MESSAGE)) !== RECEIVER;
  throw new ClosedError(
    `${operation}: ${isRevoked ? 'this receiver was revoked' : 'the sender has gone without sending'}`,
  );
}

/** Blocks until the value is there; called where a first look found none. */
export function block<T>(channel: Channel<T>, options: WaitOptions | undefined): T {
  const deadline = Deadline.after(options?.timeout);
  const { slot, spins = channel.pool().spins } = channel;
  if (slot === undefined) {
    throw new DeadlockError('receive() would block for ever: the sender is on this very thread; use receiveAsync()');
  }
  if (spins > 0 && slot.chunk.patience.next()) {
    const value = spin(channel, slot.chunk.patience, spins);
    if (value !== Pending) return value;
  }
  for (;;) {
    let result = '';
    const expected = slot.arm();
    if (expected !== 0) {
      const wait = options === undefined ? undefined : { ...options, timeout: deadline.left };
      result = park(slot.words, slot.at, expected, wait);
    }
    const value = look(channel, 'receive()');
    if (value !== Pending) return value;
    if (result === 'timed-out') throw new TimeoutError('Receiver.receive()', options!.timeout!);
  }
}

/** Looks again and again, for so many rounds. */
function spin<T>(channel: Channel<T>, patience: Patience, rounds: number): T | typeof Pending {
  const backoff = new Backoff();
  for (let left = rounds; left > 0; left--) {
    backoff.spin();
    const value = look(channel, 'receive()');
    if (value !== Pending) {
      patience.hit();
      return value;
    }
  }
  patience.miss();
  return Pending;
}

/** Waits, without blocking, until another look is worth it; false after `timeout`, in ms. */
export async function changed<T>(
  channel: Channel<T>,
  timeout: number,
  signal: WaitOptions['signal'],
): Promise<boolean> {
  const { slot } = channel;
  if (slot === undefined) return channel.changed(timeout, signal);
  const expected = slot.arm();
  return expected === 0 || (await parkAsync(slot.words, slot.at, expected, { timeout, signal })) !== 'timed-out';
}

/** Wakes the channel's waker once another look is worth it. */
export function watch<T>(channel: Channel<T>): void {
  const { slot } = channel;
  const wake = (): void => {
    channel.unwatch = undefined;
    channel.waker!.wake();
  };
  if (slot === undefined) {
    const forget = channel.onChange(wake);
    channel.unwatch = () => {
      channel.unwatch = undefined;
      forget();
    };
    return;
  }
  const expected = slot.arm();
  if (expected === 0) return wake();
  // No need to take the wait back: whatever ends the receiver changes the word, and wakes.
  let isWanted = true;
  channel.unwatch = () => {
    channel.unwatch = undefined;
    isWanted = false;
  };
  void parkAsync(slot.words, slot.at, expected).then(() => {
    if (isWanted) wake();
  });
}
