// The memory of an overwriting ring: control words, one entry for each message it keeps, and
// cells that hold the messages. There are two cells more than entries:
//
//   entries   [ cell 4 | cell 0 | cell 2 | cell 3 ]     one atomic word each
//   cells     0 1 2 3 4 5                               the producer owns 1, the consumer 5
//
// A cell has one owner at any time: an entry, the producer or the consumer. The producer fills
// its own cell, then swaps it for the one in the entry, whatever that holds: so it is never
// refused, and a full ring loses its oldest message. The consumer swaps its own, emptied cell
// for the one in the entry, which it then reads at leisure: the producer cannot reach it.
//
// An entry holds the number of its cell, and a tag that says in which lap it was put there. The
// number is stored as its difference (xor) from the entry's own: zeroed memory is a ring whose
// entries own the cells of their own numbers, the producer the first spare cell, the consumer
// the second.

import { defineLayout } from '@concurrency-lab/atomics';
import { CONTROL, MOST_SLOTS } from './control.ts';

const BASE = CONTROL.byteLength >> 2;
const LAYOUT = defineLayout({
  messageBytes: 'int32', // the most that a message may take; written at creation
  first: 'int32', // the number of the first message, in 32 bits: 0, except in tests
  entries: { kind: 'int32', isolated: true }, // a word for each message; then the cells
});

/** The word that holds the most that a message may take. */
export const MESSAGE_BYTES: number = BASE + LAYOUT.index.messageBytes;
/** The word that holds the number of the first message. */
export const FIRST: number = BASE + LAYOUT.index.first;
/** The word in which the entries begin. */
export const ENTRIES: number = BASE + LAYOUT.index.entries;

/**
 * What the cursors count on: the producer is never at its limit, and its position is the number
 * of messages pushed, in as many bits as a position has.
 */
export const ENDLESS_SLOTS: number = MOST_SLOTS;

/** The words of a cell: bytes of its message, the message's number, low and high half, and, aligned to 8 bytes, the message. */
export const CELL = { length: 0, numberLow: 1, numberHigh: 2, message: 4 } as const;

/** Computes how many words a cell has. */
export function cellWords(messageBytes: number): number {
  return CELL.message + 2 * Math.ceil(messageBytes / 8);
}

/** Computes in which word the cells begin: at a multiple of 8 bytes. */
export function cellsWord(capacity: number): number {
  return ENTRIES + capacity + (capacity & 1);
}

/** Computes how many bytes a ring takes. */
export function ringBytes(capacity: number, messageBytes: number): number {
  const words = cellsWord(capacity) + (capacity + 2) * cellWords(messageBytes);
  return Math.ceil((4 * words) / CONTROL.byteAlignment) * CONTROL.byteAlignment;
}

/** Holds where the parts of a ring lie. */
export interface OverwritingMemory {
  readonly words: Int32Array<SharedArrayBuffer>;
  /** The same memory, in bytes. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly capacity: number;
  readonly messageBytes: number;
  readonly cellWords: number;
  readonly cellsWord: number;
}
