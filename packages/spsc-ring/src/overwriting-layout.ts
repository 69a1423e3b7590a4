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

import { defineLayout, HEADER_FIELDS, type Region } from '@concurrency-lab/atomics';

/** Lays out the control words; the entries begin where they end. */
export const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  capacity: 'int32', // messages, a power of two; written at creation
  messageBytes: 'int32', // the most that a message may take; written at creation
  first: 'int32', // the number of the first message, in 32 bits: 0, except in tests
  producer: 'int32', // 1 once the producer was opened
  consumer: 'int32', // 1 once the consumer was opened
  closed: 'int32', // 1 once either side closed
  tail: { kind: 'int32', isolated: true }, // messages pushed, wrapping; the producer writes it
  parked: { kind: 'int32', isolated: true }, // see gate.ts; the consumer sets it
  entries: { kind: 'int32', isolated: true },
});

const WORDS = LAYOUT.index;

// A cell begins with three words, and one that aligns the message to 8 bytes.
const CELL_HEADER_WORDS = 4;
/** The words of a cell: bytes of its message, and the message's number, low and high half. */
export const CELL = { length: 0, numberLow: 1, numberHigh: 2, message: CELL_HEADER_WORDS } as const;

/** Computes how many words of a cell there are. */
export function cellWords(messageBytes: number): number {
  return CELL_HEADER_WORDS + 2 * Math.ceil(messageBytes / 8);
}

/** Computes in which word the cells begin: at a multiple of 8 bytes. */
export function cellsWord(capacity: number): number {
  return WORDS.entries + capacity + (capacity & 1);
}

/** Computes how many bytes a ring takes. */
export function ringBytes(capacity: number, messageBytes: number): number {
  const words = cellsWord(capacity) + (capacity + 2) * cellWords(messageBytes);
  return Math.ceil((4 * words) / LAYOUT.byteAlignment) * LAYOUT.byteAlignment;
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

/** Finds the parts of a ring in its region. */
export function memoryOf(region: Region): OverwritingMemory {
  const { words } = region;
  const capacity = words[WORDS.capacity]!; // V8: plain, published by whatever carries the handle.
  const messageBytes = words[WORDS.messageBytes]!; // V8
  return {
    words,
    bytes: new Uint8Array(region.buffer, region.byteOffset, region.byteLength),
    capacity,
    messageBytes,
    cellWords: cellWords(messageBytes),
    cellsWord: cellsWord(capacity),
  };
}
