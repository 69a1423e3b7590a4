// Placing and opening the memory of overwriting-layout.ts.

import {
  defineStructure,
  InvalidArgumentError,
  InvalidHandleError,
  type Region,
  requireInteger,
} from '@concurrency-lab/atomics';
import { CONTROL } from './control.ts';
import {
  readCapacity,
  requireOptions,
  requireWaiting,
  type RingSideHandle,
  type Side,
  type WaitingOptions,
  writeControl,
} from './control-memory.ts';
import {
  cellsWord,
  cellWords,
  ENDLESS_SLOTS,
  ENTRIES,
  MESSAGE_BYTES,
  type OverwritingMemory,
  ringBytes,
} from './overwriting-layout.ts';

/** Names one side of an {@link OverwritingRing} to another thread. */
export type OverwritingHandle<S extends Side = Side> = RingSideHandle<'overwriting-ring', S>;

/** Holds what an overwriting ring is created with. */
export interface OverwritingRingOptions extends WaitingOptions {
  /** How many messages the ring keeps, the latest ones: a power of two from 2 to 2^20. */
  readonly capacity: number;
  /** How many bytes a message has at most, 1 to 2^24; that much is set aside for each. */
  readonly maxMessageBytes: number;
}

/** A region of a ring, and the parts of it. */
export interface OverwritingPlace {
  readonly region: Region<'overwriting-ring'>;
  readonly memory: OverwritingMemory;
}

const RING = defineStructure({
  kind: 'overwriting-ring',
  version: 1,
  byteLength: 4 * ENTRIES,
  byteAlignment: CONTROL.byteAlignment,
});

/** Gives what a ring's memory must begin at a multiple of. */
export const BYTE_ALIGNMENT: number = CONTROL.byteAlignment;

const MOST_CAPACITY = 2 ** 20;
const MOST_MESSAGE_BYTES = 2 ** 24;
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Counts the bytes of a ring.
 *
 * @throws {InvalidArgumentError} on an option out of range
 */
export function byteLengthOf(options: OverwritingRingOptions): number {
  requireOptions('an overwriting ring', options);
  requireWaiting(options);
  const capacity = requireInteger('capacity', options.capacity, 2, MOST_CAPACITY);
  if ((capacity & (capacity - 1)) !== 0) {
    throw new InvalidArgumentError(`capacity must be a power of two from 2 to ${MOST_CAPACITY}, not ${capacity}`);
  }
  const messageBytes = requireInteger('maxMessageBytes', options.maxMessageBytes, 1, MOST_MESSAGE_BYTES);
  const bytes = ringBytes(capacity, messageBytes);
  if (bytes <= MOST_BYTES) return bytes;
  throw new InvalidArgumentError(
    `${capacity} messages of up to ${messageBytes} bytes take ${bytes} bytes, and a ring may take ${MOST_BYTES}`,
  );
}

/** Places a ring, in memory of its own or in the caller's. */
export function place(
  options: OverwritingRingOptions,
  ...at: [] | [buffer: SharedArrayBuffer, byteOffset: number]
): OverwritingPlace {
  const byteLength = byteLengthOf(options);
  const region = at.length === 0 ? RING.create(byteLength) : RING.at(...at, byteLength);
  region.words[MESSAGE_BYTES] = options.maxMessageBytes; // C3
  writeControl(region.words, {
    capacity: options.capacity,
    slots: ENDLESS_SLOTS,
    publishEvery: 1,
    lookEvery: 0,
    freeEvery: 1,
    spins: options.spins,
    realtime: options.realtime,
  });
  return { region, memory: memoryOf(region, options.capacity) };
}

/** Opens the ring that the handle of a side names. */
export function openOverwriting(handle: OverwritingHandle, side: Side): OverwritingPlace {
  const region = RING.from(handle);
  const capacity = readCapacity(region, handle, side);
  const messageBytes = region.words[MESSAGE_BYTES]!; // C3
  const isWhole =
    capacity >= 2 &&
    (capacity & (capacity - 1)) === 0 &&
    messageBytes > 0 &&
    ringBytes(capacity, messageBytes) <= region.byteLength;
  if (!isWhole) {
    throw new InvalidHandleError(`the overwriting ring at byte ${region.byteOffset} has damaged control words`);
  }
  return { region, memory: memoryOf(region, capacity) };
}

function memoryOf(region: Region, capacity: number): OverwritingMemory {
  const { words } = region;
  const messageBytes = words[MESSAGE_BYTES]!; // C3
  return {
    words,
    bytes: new Uint8Array(region.buffer, region.byteOffset, region.byteLength),
    capacity,
    messageBytes,
    cellWords: cellWords(messageBytes),
    cellsWord: cellsWord(capacity),
  };
}
