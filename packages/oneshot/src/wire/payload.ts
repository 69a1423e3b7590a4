// Between values and the payloads of slots. A number goes straight into the slot. Other values
// are written into a buffer of this thread first: what cannot be sent, or does not fit, fails
// before the slot is touched. A caller's codec takes the place of the general one.

import { describe, InvalidArgumentError, requireInteger } from '@concurrency-lab/atomics';
import { Reader, Writer } from '@concurrency-lab/atomics/wire';
import type { Slot } from '../slot.ts';
import { CODED, DATA, kindOf, lengthOf, NUMBER, payloadTag, THROWN } from './tags.ts';

/**
 * Turns values of one type into bytes and back, in place of the general form.
 *
 * @example
 * ```ts
 * import { type Codec, oneshot, Sender } from '@concurrency-lab/oneshot';
 *
 * const point: Codec<{ x: number; y: number }> = {
 *   encode({ x, y }, bytes) {
 *     new Float32Array(bytes.buffer, bytes.byteOffset, 2).set([x, y]);
 *     return 8;
 *   },
 *   decode(bytes) {
 *     const [x, y] = new Float32Array(bytes.buffer);
 *     return { x: x!, y: y! };
 *   },
 * };
 * const [sender, receiver] = oneshot({ codec: point });
 * const there = Sender.from(structuredClone(sender.handle), { codec: point }); // in a worker
 * there.send({ x: 0.5, y: 2 });
 * receiver.receive(); // => { x: 0.5, y: 2 }
 * ```
 */
export interface Codec<T> {
  /** Writes the value to the beginning of `bytes`, which is aligned to 8, and returns how many it wrote. */
  encode(value: T, bytes: Uint8Array<ArrayBuffer>): number;
  /** Reads a value; the bytes are its own, and may be kept. */
  decode(bytes: Uint8Array<ArrayBuffer>): T;
}

/** Throws on what is no codec, before anything is sent through it. */
export function requireCodec(codec: Partial<Codec<unknown>> | null): void {
  if (typeof codec?.encode === 'function' && typeof codec.decode === 'function') return;
  throw new InvalidArgumentError(
    `codec must be an object with the functions encode and decode, not ${describe(codec)}`,
  );
}

const NOTHING = 0;
// Taken while in use, since writing an object may run a getter that sends.
let spare: Writer | undefined;
/** What a reader that is kept can hold. */
const SPARE_BYTES = 1024;
let spareReader: Reader | undefined;

/**
 * Sends a value through a slot; false where nobody is there to take it.
 *
 * @throws {InvalidArgumentError} on a value that cannot be sent, or takes more bytes than the
 * slot has; the slot is not touched then.
 */
export function sendThrough<T>(slot: Slot, value: T, codec: Codec<T> | undefined): boolean {
  if (typeof value === 'number' && codec === undefined) {
    return slot.send(NUMBER, value, undefined, NOTHING);
  }
  if (codec !== undefined) {
    const { capacity } = slot.chunk;
    const bytes = new Uint8Array(capacity);
    const length = requireInteger('what encode() returns', codec.encode(value, bytes), 0, capacity);
    return slot.send(payloadTag(CODED, length), NOTHING, bytes, length);
  }
  return sendWritten(slot, value, DATA, 'the value');
}

/**
 * Sends what is to be thrown at the receiver. Of an error that cannot be sent as it is, or is
 * too large, name and message are sent, as far as they fit: a failure should not get lost
 * because its stack is long.
 *
 * @throws {InvalidArgumentError} on anything else that cannot be sent or is too large
 */
export function throwThrough(slot: Slot, reason: unknown): boolean {
  try {
    return sendWritten(slot, reason, DATA | THROWN, 'the reason');
  } catch (error) {
    if (!(reason instanceof Error) || !(error instanceof InvalidArgumentError)) throw error;
    return sendWritten(slot, abridged(reason, slot.chunk.capacity), DATA | THROWN, 'the reason');
  }
}

// What an error takes beside the text of its message, with room for its name.
const ERROR_BYTES = 128;

function abridged({ name, message }: Error, capacity: number): Error {
  const units = Math.max(0, (capacity - ERROR_BYTES) >> 1);
  const error = new Error(message.slice(0, units));
  Object.defineProperty(error, 'name', { value: name.slice(0, 32) });
  Object.defineProperty(error, 'stack', { value: '' });
  return error;
}

function sendWritten(slot: Slot, value: unknown, kind: number, path: string): boolean {
  const writer = (spare ?? new Writer()).reset(slot.chunk.carrier);
  spare = undefined;
  try {
    writer.value(value, path);
    return slot.send(payloadTag(kind, writer.length), NOTHING, writer.bytes, writer.length);
  } finally {
    writer.release();
    spare = writer;
  }
}

/** Stands for a payload that could not be taken, because the receiver's half has ended. */
export const ENDED: unique symbol = Symbol('ended');

/**
 * Takes the payload out of a slot whose message was looked at as `word`. The slot is free
 * before anything is decoded. Throws what the sender wanted thrown.
 */
export function takeFrom<T>(slot: Slot, word: number, codec: Codec<T> | undefined): T | typeof ENDED {
  if (!slot.beginTake(word)) return ENDED;
  const { tag } = slot;
  const kind = kindOf(tag);
  if (kind === NUMBER) {
    const { double } = slot;
    slot.endTake(word);
    return double as T;
  }
  const length = lengthOf(tag);
  if (kind === CODED) {
    const bytes = new Uint8Array(length);
    slot.copy(bytes, length);
    slot.endTake(word);
    return codec!.decode(bytes);
  }
  const reader = length > SPARE_BYTES ? new Reader(length) : (spareReader ?? new Reader(SPARE_BYTES));
  if (reader === spareReader) spareReader = undefined;
  slot.copy(reader.bytes, length);
  slot.endTake(word);
  const value = reader.read(slot.chunk.carrier);
  if (length <= SPARE_BYTES) spareReader = reader;
  if ((tag & THROWN) !== 0) throw value;
  return value as T;
}
