// What can be done with either half of a channel. Giving it away makes its handle, whose
// opening on another thread makes the half there; whoever gave it can still revoke it.

import { ClosedError, describe, InvalidArgumentError, InvalidHandleError } from '@concurrency-lab/atomics';
import { type Channel, CLOSED, LIVE, MOVED } from './channel.ts';
import { Chunk } from './chunk.ts';
import { MovedError } from './errors.ts';
import { type HalfHandle, LocalHandle } from './handle.ts';
import { Slot } from './slot.ts';
import { RECEIVING_SIDE, SENDING_SIDE, type Side } from './states.ts';

/** Holds the options of ending a half from afar. */
export interface RevokeOptions {
  /**
   * Asserts that the half's thread has exited. Then a slot that it was just writing or reading
   * is free again; otherwise that slot is left to the thread, and is lost if it has exited.
   * Asserted wrongly, two channels may write into one slot.
   */
  readonly exited?: boolean | undefined;
}

/** Gives a half away; later calls give the same handle. */
export function giveAway<T, Kind extends string>(channel: Channel<T>, kind: Kind, side: Side): HalfHandle<Kind> {
  const given = side === SENDING_SIDE ? channel.senderHandle : channel.receiverHandle;
  if (given !== undefined) return given as HalfHandle<Kind>;
  requireLive(channel, side, 'handle');
  const slot = channel.share();
  if (!slot.offer(side)) {
    channel.end(side, CLOSED);
    throw refusal(channel, side, 'handle');
  }
  const { chunk, index, generation } = slot;
  const handle = new LocalHandle(kind, chunk, index, generation >>> 8, channel.codec !== undefined);
  if (side === SENDING_SIDE) channel.senderHandle = handle;
  else channel.receiverHandle = handle;
  channel.end(side, MOVED);
  return handle;
}

/** Closes a half that is live. */
export function closeHalf<T>(channel: Channel<T>, side: Side): boolean {
  if (stateOf(channel, side) !== LIVE) return false;
  channel.end(side, CLOSED);
  channel.leave(side);
  return true;
}

/** Ends a half where it was given away to, or closes it where it was not. */
export function revokeHalf<T>(channel: Channel<T>, side: Side, options: RevokeOptions): boolean {
  if (stateOf(channel, side) !== MOVED) return closeHalf(channel, side);
  return channel.evict(side, options.exited ?? false);
}

/** Ends the half that is not `side`, for the holder of `side`. */
export function revokePeer<T>(channel: Channel<T>, side: Side, options: RevokeOptions): boolean {
  if (stateOf(channel, side) === MOVED) throw refusal(channel, side, 'revokePeer()');
  if (stateOf(channel, side) !== LIVE) return false;
  return channel.evict(side === SENDING_SIDE ? RECEIVING_SIDE : SENDING_SIDE, options.exited ?? false);
}

function stateOf<T>(channel: Channel<T>, side: Side): number {
  return side === SENDING_SIDE ? channel.sender : channel.receiver;
}

/** Throws unless a half is live. */
export function requireLive<T>(channel: Channel<T>, side: Side, operation: string): void {
  if (stateOf(channel, side) !== LIVE) throw refusal(channel, side, operation);
}

/** Makes the error for an operation on a half that is no longer live. */
function refusal<T>(channel: Channel<T>, side: Side, operation: string): Error {
  const what = side === SENDING_SIDE ? 'sender' : 'receiver';
  const state = stateOf(channel, side);
  if (state === MOVED) return new MovedError(operation, what);
  if (state === CLOSED) return new ClosedError(`${operation}: this ${what} is closed`);
  return new ClosedError(`${operation}: this ${what} has already ${what === 'sender' ? 'sent' : 'received'}`);
}

/**
 * Opens the slot of a half that was given away.
 *
 * @throws {InvalidHandleError} on anything but such a handle, and on one that was opened or
 * revoked, or whose channel has ended
 */
export function openHalf<Kind extends string>(
  handle: HalfHandle<Kind>,
  kind: Kind,
  side: Side,
  hasCodec: boolean,
): Slot {
  const claimed = handle as Partial<HalfHandle<Kind>> | null | undefined;
  if (typeof claimed !== 'object' || claimed === null || claimed.kind !== kind) {
    throw new InvalidHandleError(`expected the handle of a ${kind}, not ${describe(claimed?.kind ?? handle)}`);
  }
  const { version, buffer, byteOffset, slot: index, generation } = handle;
  const chunk = LocalHandle.memoryOf(handle) ?? Chunk.open({ kind: 'oneshot-arena', version, buffer, byteOffset });
  if (!Number.isInteger(index) || index < 0 || index >= chunk.slots || !Number.isInteger(generation)) {
    throw new InvalidHandleError(`the arena has ${chunk.slots} slots, and none is called ${describe(index)}`);
  }
  if (handle.coded !== hasCodec) {
    const problem = hasCodec ? 'uses no codec; open it without' : 'uses a codec; open it with the same';
    throw new InvalidArgumentError(`the channel of this ${kind} ${problem}`);
  }
  const slot = new Slot(chunk, index, (generation << 8) | 0);
  if (!slot.open(side)) {
    throw new InvalidHandleError(`this ${kind} was opened already or revoked, or its channel has ended`);
  }
  return slot;
}
