// The shared memory of an arena: a header, then slots of equal size. A slot is
//
//   word 0   the state (states.ts)
//   word 1   the tag of the payload: its kind, and its length in bytes
//   byte 8   the payload: a double, or bytes
//
// Slots begin at multiples of 128 bytes, so that no two channels share a cache line, while
// the state and a small payload of one channel travel in the same.

import {
  defineLayout,
  defineStructure,
  FALSE_SHARING_BYTES,
  type Handle,
  HEADER_FIELDS,
  InvalidHandleError,
  type Region,
  requireInteger,
} from '@concurrency-lab/atomics';
import { Patience } from './patience.ts';
import { ArenaCarrier } from './wire/carrier.ts';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  stride: 'int32', // bytes from slot to slot; written once, 0 before that
  // A random number, by which a thread knows this memory again: it may hold several objects for one buffer.
  name: { kind: 'int32', count: 2 },
  slots: { kind: 'int32', isolated: true }, // where the first slot begins
});
const { stride: STRIDE, name: NAME, slots: FIRST_SLOT } = LAYOUT.index;
const HEADER = LAYOUT.byteOffset.slots;
const ARENA = defineStructure({ kind: 'oneshot-arena', version: 1, ...LAYOUT });

/** Words before the payload of a slot. */
const PAYLOAD = 2;
const MOST_SLOTS = 2 ** 20;
/** What the length in a tag can count. */
const MOST_PAYLOAD = 2 ** 28 - 1;

/** Names an arena to another thread. */
export type OneshotArenaHandle = Handle<'oneshot-arena'>;

/** Says how many slots an arena has, and how much fits into one. */
export interface ArenaSize {
  /** How many channels can be between threads at once, 1 to 1,048,576; 64 where not given. */
  readonly slots?: number | undefined;
  /** The most bytes that a value may take, 8 to 268,435,455; 4,088 where not given. */
  readonly bytesPerSlot?: number | undefined;
}

/** Checks a size; gives the bytes from slot to slot, and those of the whole. */
export function measure(size: ArenaSize): { slots: number; stride: number; byteLength: number } {
  const slots = requireInteger('slots', size.slots ?? 64, 1, MOST_SLOTS);
  const payload = requireInteger('bytesPerSlot', size.bytesPerSlot ?? 4088, 8, MOST_PAYLOAD);
  const stride = Math.ceil((payload + PAYLOAD * 4) / FALSE_SHARING_BYTES) * FALSE_SHARING_BYTES;
  const byteLength = requireInteger('the bytes of all slots', HEADER + slots * stride, HEADER, 2 ** 31 - 1);
  return { slots, stride, byteLength };
}

/** Holds the views of one piece of shared memory with slots. */
export class Chunk {
  readonly handle: OneshotArenaHandle;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly doubles: Float64Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly slots: number;
  /** The most bytes that a payload may take. */
  readonly capacity: number;
  readonly carrier: ArenaCarrier;
  readonly patience: Patience = new Patience();
  readonly #stride: number;

  private constructor(region: Region<'oneshot-arena'>, stride: number) {
    const { buffer, byteOffset, byteLength } = region;
    this.handle = region.handle;
    this.words = region.words;
    this.doubles = new Float64Array(buffer, byteOffset, byteLength >> 3);
    this.bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.slots = Math.floor((byteLength - HEADER) / stride);
    this.capacity = stride - PAYLOAD * 4;
    this.carrier = new ArenaCarrier(this, this.capacity);
    this.#stride = stride >> 2;
  }

  static create(size: ArenaSize): Chunk {
    const { stride, byteLength } = measure(size);
    return Chunk.#begin(ARENA.create(byteLength), stride);
  }

  static at(buffer: SharedArrayBuffer, byteOffset: number, size: ArenaSize): Chunk {
    const { stride, byteLength } = measure(size);
    return Chunk.#begin(ARENA.at(buffer, byteOffset, byteLength), stride);
  }

  static #begin(region: Region<'oneshot-arena'>, stride: number): Chunk {
    // ORDERING(A4): published by A1; atomic, since A5 may look into memory that is being placed.
    Atomics.store(region.words, NAME, randomWord());
    Atomics.store(region.words, NAME + 1, randomWord()); // A4
    // ORDERING(A1): publishes the size and A4 to A2; the slots need no more than the zeroes they hold.
    Atomics.store(region.words, STRIDE, stride);
    return new Chunk(region, stride);
  }

  static open(handle: OneshotArenaHandle): Chunk {
    const region = ARENA.from(handle);
    // ORDERING(A2): observes A1, or the 0 of an arena that is being placed.
    const stride = Atomics.load(region.words, STRIDE);
    if (stride <= 0 || stride % FALSE_SHARING_BYTES !== 0 || stride > region.byteLength - HEADER) {
      throw new InvalidHandleError(`the oneshot-arena at byte ${region.byteOffset} is not complete`);
    }
    return new Chunk(region, stride);
  }

  /** Tells whether another object has the same memory. */
  isSameAs(other: Chunk): boolean {
    if (other === this) return true;
    const { buffer, byteOffset } = other.handle;
    return byteOffset === this.handle.byteOffset && this.isMemoryOf(buffer);
  }

  /** Tells whether a buffer is the memory of this arena, perhaps by another object. */
  isMemoryOf(buffer: SharedArrayBuffer): boolean {
    const { buffer: own, byteOffset } = this.handle;
    if (buffer === own) return true;
    if (buffer.byteLength !== own.byteLength) return false;
    const name = new Int32Array(buffer, byteOffset + NAME * 4, 2);
    // ORDERING(A5): observes A4 of this arena; atomic, since others may write to memory that is not this.
    const first = Atomics.load(name, 0);
    const second = Atomics.load(name, 1); // A5
    return first === this.words[NAME] && second === this.words[NAME + 1]; // A6: plain, after A2 or the storing itself.
  }

  /** Gives the index of a slot's state word. */
  stateOf(slot: number): number {
    return FIRST_SLOT + slot * this.#stride;
  }
}

function randomWord(): number {
  return Math.floor(Math.random() * 2 ** 32) | 0;
}
