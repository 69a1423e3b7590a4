// Layouts of control words in shared memory: named fields of one element kind each, placed
// in order, aligned to their size, and, where asked, kept alone on their cache lines. A
// layout is computed once, when a module loads; the hot path then uses plain numbers,
// `words[base + HEAD]`, and never a helper that several kinds of array share.

import { describe, requireInteger } from './arguments.ts';
import { InvalidArgumentError } from './errors.ts';

/** Counts the bytes of a cache line on the x86-64 and ARM processors of servers and phones. */
export const CACHE_LINE_BYTES = 64;

/**
 * Counts the bytes by which two words must be apart so that writing one does not slow the
 * readers of the other: two cache lines, since x86-64 prefetches lines in pairs and Apple's
 * processors have lines of 128 bytes.
 *
 * Source: `CachePadded` of the Rust crate crossbeam-utils.
 */
export const FALSE_SHARING_BYTES = 128;

const ELEMENT_BYTES = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
  bigint64: 8,
  biguint64: 8,
} as const;

/** Names the element kind of a field, after the typed array that reads it. */
export type ElementKind = keyof typeof ELEMENT_BYTES;

/** Describes a field: its element kind, alone or with a count and the isolation it needs. */
export type FieldSpec =
  | ElementKind
  | {
      readonly kind: ElementKind;
      /** How many elements the field holds; 1 where not given. */
      readonly count?: number;
      /** Keeps the field {@link FALSE_SHARING_BYTES} away from all others, for a word that one thread writes while others read their own. */
      readonly isolated?: boolean;
    };

/** Holds where each field of a structure lies, relative to the structure's first byte. */
export interface Layout<Name extends string> {
  /** Bytes the structure takes, a multiple of `byteAlignment`. */
  readonly byteLength: number;
  /** What the structure's first byte must be a multiple of. */
  readonly byteAlignment: number;
  /** Byte offset of each field. */
  readonly byteOffset: Readonly<Record<Name, number>>;
  /** Offset of each field in elements of its own kind: 3 for an `int32` at byte 12. */
  readonly index: Readonly<Record<Name, number>>;
}

/**
 * Computes the layout of a structure from its fields, in the order given.
 *
 * @throws {InvalidArgumentError} on an unknown element kind or a count that is no positive integer.
 *
 * @example
 * ```ts
 * import { defineLayout } from '@concurrency-lab/atomics';
 *
 * const RING = defineLayout({
 *   closed: 'int32',
 *   head: { kind: 'int32', isolated: true }, // the consumer writes it
 *   tail: { kind: 'int32', isolated: true }, // the producer writes it
 *   slots: { kind: 'float64', count: 16 },
 * });
 * RING.byteOffset; // => { closed: 0, head: 128, tail: 256, slots: 384 }
 * RING.index; // => { closed: 0, head: 32, tail: 64, slots: 48 }
 * RING.byteLength; // => 512
 * ```
 */
export function defineLayout<const Fields extends Readonly<Record<string, FieldSpec>>>(
  fields: Fields,
): Layout<keyof Fields & string> {
  const byteOffset: Record<string, number> = {};
  const index: Record<string, number> = {};
  let end = 0;
  let byteAlignment = 1;
  let previousIsolated = false;
  for (const [name, spec] of Object.entries(fields)) {
    const { kind, count = 1, isolated = false } = typeof spec === 'string' ? { kind: spec } : spec;
    const size = elementBytes(name, kind);
    requireInteger(`count of the field ${describe(name)}`, count, 1, Number.MAX_SAFE_INTEGER);
    const alignment = isolated || previousIsolated ? FALSE_SHARING_BYTES : size;
    const start = roundUp(end, alignment);
    byteOffset[name] = start;
    index[name] = start / size;
    end = start + size * count;
    byteAlignment = Math.max(byteAlignment, alignment);
    previousIsolated = isolated;
  }
  return { byteLength: roundUp(end, byteAlignment), byteAlignment, byteOffset, index } as Layout<keyof Fields & string>;
}

function elementBytes(name: string, kind: ElementKind): number {
  if (Object.hasOwn(ELEMENT_BYTES, kind)) return ELEMENT_BYTES[kind];
  const accepted = Object.keys(ELEMENT_BYTES).join(', ');
  throw new InvalidArgumentError(
    `the kind of the field ${describe(name)} must be one of ${accepted}, not ${describe(kind)}`,
  );
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
