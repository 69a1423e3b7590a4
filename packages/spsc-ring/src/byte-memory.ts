// A ring of messages in shared memory: the control words, then the words of the frames.

import {
  defineStructure,
  describe,
  InvalidArgumentError,
  InvalidHandleError,
  type Region,
  requireInteger,
} from '@concurrency-lab/atomics';
import { CONTROL, MOST_SLOTS } from './control.ts';
import {
  readCapacity,
  requireOptions,
  requireWaiting,
  type RingSideHandle,
  type Side,
  type WaitingOptions,
  writeControl,
} from './control-memory.ts';
import { mostMessageBytes } from './framing.ts';

/** Names one side of a {@link ByteRing} to another thread. */
export type ByteHandle<S extends Side = Side> = RingSideHandle<'byte-ring', S>;

/** Holds what a ring of messages is created with. */
export interface ByteRingOptions extends WaitingOptions {
  /**
   * How many bytes the ring holds at least, 16 to 500,000,000. Each message takes 4 bytes more than its own, and is
   * filled up to a multiple of 4; the longest is 4 bytes shorter than half the capacity.
   */
  readonly capacity: number;
  /**
   * When the producer makes its messages visible: each at once (the default), after so many bytes,
   * or `'lazy'`: once the consumer has little left, at the latest after a quarter of the capacity.
   * What is pending is published when the ring is full, by `flush` and by `close`.
   */
  readonly publishEvery?: number | 'lazy' | undefined;
}

/** A ring of messages as a side needs it. */
export interface ByteMemory {
  readonly words: Int32Array<SharedArrayBuffer>;
  /** The same memory, in bytes. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly region: Region<'byte-ring'>;
  /** In bytes. */
  readonly capacity: number;
  /** The longest message, in bytes. */
  readonly most: number;
}

const RING = defineStructure({
  kind: 'byte-ring',
  version: 1,
  byteLength: CONTROL.byteLength,
  byteAlignment: CONTROL.byteAlignment,
});
const { index } = CONTROL;

/** The word in which the frames begin. */
export const FRAMES: number = CONTROL.byteLength >> 2;
/** Gives what a ring's memory must begin at a multiple of. */
export const BYTE_ALIGNMENT: number = CONTROL.byteAlignment;

const LEAST_CAPACITY = 16;
const MOST_CAPACITY = 500_000_000;
const MOST_FREED_AT_ONCE = 1024; // words
const LOOK_EVERY = 128; // words

/** Computes how many words the consumer holds back at most before it hands them back, and one. */
function freeEveryFor(capacityWords: number): number {
  return Math.max(1, Math.min(MOST_FREED_AT_ONCE, capacityWords >> 3));
}

interface Numbers {
  readonly capacity: number;
  readonly slots: number;
  readonly publishEvery: number;
  readonly lookEvery: number;
  readonly freeEvery: number;
  readonly byteLength: number;
}

function numbersOf(options: ByteRingOptions): Numbers {
  requireOptions('a byte ring', options);
  requireWaiting(options);
  const capacity = requireInteger('capacity', options.capacity, LEAST_CAPACITY, MOST_CAPACITY);
  const capacityWords = Math.ceil(capacity / 4);
  const freeEvery = freeEveryFor(capacityWords);
  const slots = capacityWords + freeEvery - 1;
  const isLazy = options.publishEvery === 'lazy';
  const every = isLazy ? capacity >> 2 : (options.publishEvery ?? 1);
  const publishEvery = Math.ceil(requireInteger("publishEvery, where it is not 'lazy',", every, 1, capacity) / 4);
  const lookEvery = isLazy ? Math.min(LOOK_EVERY, publishEvery) : 0;
  const byteLength = CONTROL.byteLength + Math.ceil((4 * slots) / BYTE_ALIGNMENT) * BYTE_ALIGNMENT;
  return { capacity, slots, publishEvery, lookEvery, freeEvery, byteLength };
}

/**
 * Counts the bytes of a ring.
 *
 * @throws {InvalidArgumentError} on an option out of range
 */
export function byteLengthOf(options: ByteRingOptions): number {
  return numbersOf(options).byteLength;
}

/** Places a ring, in memory of its own or in the caller's. */
export function place(
  options: ByteRingOptions,
  ...at: [] | [buffer: SharedArrayBuffer, byteOffset: number]
): ByteMemory {
  const numbers = numbersOf(options);
  const region = at.length === 0 ? RING.create(numbers.byteLength) : RING.at(...at, numbers.byteLength);
  writeControl(region.words, { ...options, ...numbers });
  return memoryOf(region, numbers.capacity);
}

/** Opens the ring that the handle of a side names. */
export function openBytes(handle: ByteHandle, side: Side): ByteMemory {
  const region = RING.from(handle);
  const capacity = readCapacity(region, handle, side);
  const slots = region.words[index.slots]!; // C3
  const isWhole = slots >= capacity / 4 && slots <= MOST_SLOTS && 4 * (FRAMES + slots) <= region.byteLength;
  if (!isWhole) throw new InvalidHandleError(`the byte ring at byte ${region.byteOffset} has damaged control words`);
  return memoryOf(region, capacity);
}

function memoryOf(region: Region<'byte-ring'>, capacity: number): ByteMemory {
  const { words, buffer, byteOffset, byteLength } = region;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return { words, bytes, region, capacity, most: mostMessageBytes(Math.ceil(capacity / 4)) };
}

/** Throws where a message is longer than the ring takes. */
export function requireFitting(length: number, most: number): void {
  if (length <= most) return;
  throw new InvalidArgumentError(
    `a message of ${describe(length)} bytes is too long for this ring: it takes at most ${most} bytes`,
  );
}
