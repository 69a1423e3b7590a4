// Handles: how a structure in shared memory is named to another thread, and how that thread
// makes sure that the name is right before it touches a word.
//
// Every structure begins with a header of four int32 words:
//
//   0  MAGIC        0 until the structure is placed, PLACING while it is, then MAGIC
//   1  KIND         a hash of the kind's name
//   2  VERSION      of the memory format; another version reads the words differently
//   3  BYTE_LENGTH  of the whole structure, header included
//
// One thread places it: the compare-and-swap of word 0 admits one and tells the others. The
// other words are written once, before MAGIC, and never again; whoever reads MAGIC may read
// them (H2 publishes to H3). A handle is the plain object that postMessage carries.

import { describe, requireInteger } from './arguments.ts';
import { InvalidArgumentError, InvalidHandleError, InvalidRegionError } from './errors.ts';
import { allocateShared, isSharedArrayBuffer } from './platform.ts';

/** Names a structure in shared memory; a plain object that `postMessage` and structured clone carry. */
export interface Handle<Kind extends string = string> {
  /** What the structure is, for example `'cancel-token'`. */
  readonly kind: Kind;
  /** The version of its memory format. */
  readonly version: number;
  readonly buffer: SharedArrayBuffer;
  /** Where its first byte lies in `buffer`. */
  readonly byteOffset: number;
}

/** Holds the place of a structure whose header has been written or checked. */
export interface Region<Kind extends string = string> {
  readonly buffer: SharedArrayBuffer;
  readonly byteOffset: number;
  readonly byteLength: number;
  /** The same words for every structure: an int32 view over the region, header included. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly handle: Handle<Kind>;
}

/** Describes a kind of structure: what `defineStructure` needs to place and open it. */
export interface StructureSpec<Kind extends string> {
  /** The name handles carry; unique among packages, lower case with dashes. */
  readonly kind: Kind;
  /** The version of the memory format, from 1; raise it when the words change meaning. */
  readonly version: number;
  /** Bytes the structure needs at least, header included. */
  readonly byteLength: number;
  /** What the first byte must be a multiple of: 4 or more. */
  readonly byteAlignment: number;
}

/** Places and opens the structures of one kind. */
export interface Structure<Kind extends string> {
  /**
   * Places a structure in a buffer of its own.
   *
   * @param byteLength - bytes in all, where the structure is longer than its fixed part
   */
  create(byteLength?: number): Region<Kind>;
  /**
   * Places a structure in the caller's zeroed memory.
   *
   * @throws {InvalidRegionError} on a buffer that is not shared, a misaligned or short
   * region, or one that already holds a structure.
   */
  at(buffer: SharedArrayBuffer, byteOffset: number, byteLength?: number): Region<Kind>;
  /**
   * Opens a structure that another thread placed, after checking its header.
   *
   * @throws {InvalidHandleError} on anything that is not the handle of such a structure.
   */
  from(handle: Handle<Kind>): Region<Kind>;
}

/** Counts the bytes of the header; the first field of a structure comes after it. */
export const HEADER_BYTES = 16;

/** Lays out the header, to be spread into a structure's own fields. */
export const HEADER_FIELDS = { magic: 'int32', kind: 'int32', version: 'int32', byteLength: 'int32' } as const;

const MAGIC_WORD = 0;
const KIND_WORD = 1;
const VERSION_WORD = 2;
const BYTE_LENGTH_WORD = 3;

const EMPTY = 0;
const PLACING = 0x70_6c_61_63; // "plac"
const MAGIC = 0x63_6c_61_62; // "clab"

// int32 offsets reach 2 GiB; indices into a structure stay within it.
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Defines a kind of structure in shared memory.
 *
 * @throws {InvalidArgumentError} on a kind, version, length or alignment that no structure can have.
 *
 * @example
 * ```ts
 * import { HEADER_FIELDS, defineLayout, defineStructure } from '@concurrency-lab/atomics';
 *
 * const LAYOUT = defineLayout({ ...HEADER_FIELDS, count: 'int32' });
 * const COUNTER = defineStructure({ kind: 'my-counter', version: 1, ...LAYOUT });
 *
 * const here = COUNTER.create();
 * Atomics.add(here.words, LAYOUT.index.count, 2);
 * const there = COUNTER.from(structuredClone(here.handle)); // as another thread receives it
 * Atomics.load(there.words, LAYOUT.index.count); // => 2
 * ```
 */
export function defineStructure<const Kind extends string>(spec: StructureSpec<Kind>): Structure<Kind> {
  const { kind, version } = spec;
  if (typeof kind !== 'string' || kind === '') {
    throw new InvalidArgumentError(`kind must be a string that is not empty, not ${describe(kind)}`);
  }
  requireInteger('version', version, 1, MOST_BYTES);
  const leastBytes = requireInteger('byteLength', spec.byteLength, HEADER_BYTES, MOST_BYTES);
  const alignment = requireInteger('byteAlignment', spec.byteAlignment, 4, 4096);
  if ((alignment & (alignment - 1)) !== 0) {
    throw new InvalidArgumentError(`byteAlignment must be a power of two, not ${alignment}`);
  }
  const kindHash = hash(kind);

  function region(buffer: SharedArrayBuffer, byteOffset: number, byteLength: number): Region<Kind> {
    const words = new Int32Array(buffer, byteOffset, byteLength >> 2);
    return { buffer, byteOffset, byteLength, words, handle: { kind, version, buffer, byteOffset } };
  }

  function at(buffer: SharedArrayBuffer, byteOffset: number, byteLength: number = leastBytes): Region<Kind> {
    requireInteger('byteLength', byteLength, leastBytes, MOST_BYTES);
    const problem = misplacement(buffer, byteOffset, byteLength);
    if (problem !== undefined) throw new InvalidRegionError(problem);
    const placed = region(buffer, byteOffset, byteLength);
    const { words } = placed;
    // ORDERING(H1): admits one of several placing threads; synchronises with nothing else.
    if (Atomics.compareExchange(words, MAGIC_WORD, EMPTY, PLACING) !== EMPTY) {
      throw new InvalidRegionError(
        `byte ${byteOffset} is not zeroed, so something may live there; open an existing ${kind} by its handle`,
      );
    }
    words[KIND_WORD] = kindHash; // H4: plain, published by H2.
    words[VERSION_WORD] = version; // H4
    words[BYTE_LENGTH_WORD] = byteLength; // H4
    // ORDERING(H2): publishes the header (H4) to H3.
    Atomics.store(words, MAGIC_WORD, MAGIC);
    return placed;
  }

  function misplacement(buffer: unknown, byteOffset: unknown, byteLength: number): string | undefined {
    if (!isSharedArrayBuffer(buffer)) return `a ${kind} needs a SharedArrayBuffer, not ${describe(buffer)}`;
    if (!Number.isInteger(byteOffset) || (byteOffset as number) < 0 || (byteOffset as number) % alignment !== 0) {
      return `a ${kind} must begin at a multiple of ${alignment} bytes, not at ${describe(byteOffset)}`;
    }
    if ((byteOffset as number) + byteLength > buffer.byteLength) {
      return (
        `a ${kind} at byte ${byteOffset as number} takes ${byteLength} bytes, ` +
        `but the buffer ends at byte ${buffer.byteLength}`
      );
    }
    return undefined;
  }

  function from(handle: Handle<Kind>): Region<Kind> {
    const claimed = handle as Partial<Handle> | null | undefined;
    if (typeof claimed !== 'object' || claimed === null || typeof claimed.kind !== 'string') {
      throw new InvalidHandleError(`expected the handle of a ${kind}, not ${describe(handle)}`);
    }
    if (claimed.kind !== kind) {
      throw new InvalidHandleError(`expected the handle of a ${kind}, not of a ${claimed.kind}`);
    }
    if (claimed.version !== version) {
      throw new InvalidHandleError(
        `this ${kind} has version ${describe(claimed.version)}, and this package reads version ${version}; ` +
          `both threads must load the same release`,
      );
    }
    const { buffer, byteOffset } = handle;
    const problem = misplacement(buffer, byteOffset, leastBytes);
    if (problem !== undefined) throw new InvalidHandleError(problem);
    const words = new Int32Array(buffer, byteOffset, HEADER_BYTES >> 2);
    // ORDERING(H3): observes H2, and with it the header words.
    if (Atomics.load(words, MAGIC_WORD) !== MAGIC || words[KIND_WORD] !== kindHash || words[VERSION_WORD] !== version) {
      throw new InvalidHandleError(`byte ${byteOffset} of this buffer does not hold a ${kind}`);
    }
    const byteLength = words[BYTE_LENGTH_WORD]!; // H4
    if (byteLength < leastBytes || byteOffset + byteLength > buffer.byteLength) {
      throw new InvalidHandleError(
        `the ${kind} at byte ${byteOffset} says it takes ${byteLength} bytes; ` +
          `at least ${leastBytes} are needed and the buffer ends at byte ${buffer.byteLength}`,
      );
    }
    return region(buffer, byteOffset, byteLength);
  }

  return {
    create: (byteLength = leastBytes) =>
      at(allocateShared(requireInteger('byteLength', byteLength, leastBytes, MOST_BYTES)), 0, byteLength),
    at,
    from,
  };
}

/** FNV-1a, 32 bits: tells kinds apart in one word. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01_00_01_93);
  return value | 0;
}
