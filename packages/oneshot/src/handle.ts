// How a half is named to another thread: by plain data, which structured clone carries. On the
// thread where a handle was made, or read out of a value, it also knows the memory as that
// thread has opened it, so that opening the half there has nothing to open or to check again.
// A clone does not know it: private fields stay behind.

import type { Chunk } from './chunk.ts';

/** Names a half of a channel to another thread, which opens it once. */
export interface HalfHandle<Kind extends string> {
  readonly kind: Kind;
  /** The version of the memory format. */
  readonly version: number;
  readonly buffer: SharedArrayBuffer;
  /** Where the arena lies in `buffer`. */
  readonly byteOffset: number;
  readonly slot: number;
  /** Which life of the slot it is. */
  readonly generation: number;
  /** True where values travel through the caller's codec, which the other thread must give as well. */
  readonly coded: boolean;
}

/** Names a sender to another thread. */
export type SenderHandle = HalfHandle<'oneshot-sender'>;

/** Names a receiver to another thread. */
export type ReceiverHandle = HalfHandle<'oneshot-receiver'>;

/** Is a handle that knows its memory. */
export class LocalHandle<Kind extends string> implements HalfHandle<Kind> {
  readonly kind: Kind;
  readonly version: number;
  readonly buffer: SharedArrayBuffer;
  readonly byteOffset: number;
  readonly slot: number;
  readonly generation: number;
  readonly coded: boolean;
  readonly #chunk: Chunk;

  constructor(kind: Kind, chunk: Chunk, slot: number, generation: number, coded: boolean) {
    const { version, buffer, byteOffset } = chunk.handle;
    this.kind = kind;
    this.version = version;
    this.buffer = buffer;
    this.byteOffset = byteOffset;
    this.slot = slot;
    this.generation = generation;
    this.coded = coded;
    this.#chunk = chunk;
  }

  /** Gives the memory that a handle knows; undefined for a clone and for anything else. */
  static memoryOf(handle: object): Chunk | undefined {
    return #chunk in handle ? handle.#chunk : undefined;
  }
}
