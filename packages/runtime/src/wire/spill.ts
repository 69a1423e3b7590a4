// Memory for payloads that do not fit into their slot: blocks of two sizes, which all threads of
// a runtime share. Each block has a word that says whose it is:
//
//   0 ──── 1 acquire: the word of a slot, plus 1 ────▶ the block belongs to that slot
//   the slot's ──── 2 release, by whoever has the use of the slot ────▶ 0
//   the slot's ──── 3 reclaim, after the thread that had the use of the slot is gone ────▶ 0
//
// A thread may vanish at any step; then the block still names the slot it was for, and who gets
// the slot back frees it. Nobody ever waits: where a few looks find no free block, the payload
// goes another way (parcels.ts).

import {
  defineLayout,
  defineStructure,
  FALSE_SHARING_BYTES,
  type Handle,
  HEADER_FIELDS,
  type Region,
} from '@concurrency-lab/atomics';

/** Says how many blocks of a size there are. */
export interface BlockClass {
  readonly count: number;
  /** A multiple of 128. */
  readonly bytes: number;
}

/** Small blocks hold an error with its stack, or a record; large ones some thousand numbers. Memory is used as they are. */
const CLASSES: readonly BlockClass[] = [
  { count: 4096, bytes: 1024 },
  { count: 256, bytes: 16_384 },
];
/** So many words are looked at before the search is given up. */
const PROBES = 64;
const FREE = 0;

const HEAD = defineLayout({ ...HEADER_FIELDS, owners: { kind: 'int32', isolated: true } });
const OWNERS = HEAD.index.owners;
const SPILL = defineStructure({ kind: 'task-spill', version: 1, ...HEAD });

/** Stands for "no block is free". */
export const NO_BLOCK = -1;
/** Names the spill of a runtime to another thread. */
export type SpillHandle = Handle<'task-spill'>;

/** The blocks of one size. */
interface Blocks extends BlockClass {
  /** The number of the first block. */
  readonly first: number;
  /** Where its bytes begin. */
  readonly at: number;
}

/** Lays the blocks out behind their words. */
function layOut(classes: readonly BlockClass[]): {
  readonly sizes: readonly Blocks[];
  readonly blocks: number;
  readonly byteLength: number;
} {
  const blocks = classes.reduce((sum, { count }) => sum + count, 0);
  let first = 0;
  let at = Math.ceil((HEAD.byteOffset.owners + blocks * 4) / FALSE_SHARING_BYTES) * FALSE_SHARING_BYTES;
  const sizes = classes.map(({ count, bytes }) => {
    const size = { count, bytes, first, at };
    first += count;
    at += count * bytes;
    return size;
  });
  return { sizes, blocks, byteLength: at };
}

/** Gives out blocks; each thread opens it once. */
export class Spill {
  readonly handle: SpillHandle;
  /** The most bytes that a block holds. */
  readonly capacity: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  readonly #sizes: readonly Blocks[];
  readonly #blocks: number;
  /** Where the next search begins, in each size. */
  readonly #hints: number[];

  private constructor(region: Region<'task-spill'>, classes: readonly BlockClass[], lane: number) {
    const { handle, words, buffer, byteOffset, byteLength } = region;
    const { sizes, blocks } = layOut(classes);
    this.handle = handle;
    this.capacity = sizes.at(-1)!.bytes;
    this.#words = words;
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.#sizes = sizes;
    this.#blocks = blocks;
    // Threads begin apart, so that they do not try for the same blocks.
    this.#hints = sizes.map(({ count }) => (lane * PROBES) % count);
  }

  /** Creates blocks of these sizes, the smallest first. */
  static create(classes: readonly BlockClass[] = CLASSES): Spill {
    return new Spill(SPILL.create(layOut(classes).byteLength), classes, 0);
  }

  /** Opens, for the thread of a lane, the blocks that were created with these sizes. */
  static from(handle: SpillHandle, lane: number, classes: readonly BlockClass[] = CLASSES): Spill {
    return new Spill(SPILL.from(handle), classes, lane);
  }

  /** Copies bytes into a block that belongs to a slot from now on, and returns the block; NO_BLOCK where none is free. */
  acquire(slot: number, bytes: Uint8Array, length: number): number {
    for (let kind = 0; kind < this.#sizes.length; kind++) {
      if (length > this.#sizes[kind]!.bytes) continue;
      const block = this.#claim(kind, slot + 1);
      if (block === NO_BLOCK) continue;
      // ORDERING(Y3): plain, after the claim (Y2); published with the slot.
      this.#bytes.set(bytes.subarray(0, length), this.#placeOf(block));
      return block;
    }
    return NO_BLOCK;
  }

  #claim(kind: number, owner: number): number {
    const { first, count } = this.#sizes[kind]!;
    const from = this.#hints[kind]!;
    for (let probe = 0; probe < Math.min(PROBES, count); probe++) {
      const place = (from + probe) % count;
      const word = OWNERS + first + place;
      // ORDERING(Y1): looks for a free block; Y2 decides.
      if (Atomics.load(this.#words, word) !== FREE) continue;
      // ORDERING(Y2): admits one of several threads; observes Y5, after which nobody reads the bytes that were there.
      if (Atomics.compareExchange(this.#words, word, FREE, owner) !== FREE) continue;
      this.#hints[kind] = (place + 1) % count;
      return first + place;
    }
    this.#hints[kind] = (from + PROBES) % count;
    return NO_BLOCK;
  }

  /** Copies the bytes of a block; only who has the use of its slot may. */
  copy(block: number, to: Uint8Array<ArrayBuffer>, length: number): void {
    const from = this.#placeOf(block);
    to.set(this.#bytes.subarray(from, from + length)); // ORDERING(Y4): plain, ordered after Y3 by the slot.
  }

  /** Gives a block back; only who has the use of its slot may. */
  release(block: number): void {
    // ORDERING(Y5): publishes that Y4 has read to Y2.
    Atomics.store(this.#words, OWNERS + block, FREE);
  }

  /** Gives back what belongs to a slot, whose last user is gone; looks at all blocks. */
  reclaim(slot: number): void {
    for (let block = 0; block < this.#blocks; block++) {
      if (Atomics.load(this.#words, OWNERS + block) === slot + 1) this.release(block); // Y1
    }
  }

  /** Counts the blocks in use; out of date as soon as it is read. */
  get used(): number {
    let used = 0;
    for (let block = 0; block < this.#blocks; block++) if (Atomics.load(this.#words, OWNERS + block) !== FREE) used++; // Y1
    return used;
  }

  /** Gives the first byte of a block. */
  #placeOf(block: number): number {
    const { first, at, bytes } = this.#sizes.findLast((size) => size.first <= block)!;
    return at + (block - first) * bytes;
  }
}
