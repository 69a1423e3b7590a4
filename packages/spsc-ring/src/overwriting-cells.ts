// The protocol of an overwriting ring, without values: who owns which cell, which message is the
// oldest, how many were missed. See overwriting-layout.ts for the memory.
//
// The swap in an entry (V2) does three things at once, and therefore both sides are safe at any
// speed: it drops the oldest message of a full ring, puts the newest in its place, and hands the
// dropped one's cell to the producer. The consumer takes a cell only from an entry that still
// holds the message it is after (V3); where it is late, it goes on to the oldest there is. Each
// cell carries the number of its message since the beginning, in 64 bits, so that the count of
// what was missed is exact, whatever happened in between.
//
// Source: handing over owned buffers by exchange is the triple buffer's way; this is its form
// for more than one message between the sides.

import type { Cursor } from './cursor.ts';
import { CELL, ENDLESS_SLOTS, ENTRIES, FIRST, type OverwritingMemory } from './overwriting-layout.ts';

/** The bits of a position: cursors count messages in these. */
const POSITION = 2 * ENDLESS_SLOTS - 1;
const TWO_32 = 2 ** 32;

/** Fills cells and swaps them into the ring; the one producer owns it. */
export class CellWriter {
  /** Where the message to write begins, in bytes. */
  start = 0;
  readonly #cursor: Cursor;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #mask: number;
  readonly #cellWords: number;
  readonly #cellsWord: number;
  /** The number of the message to come. */
  #number: number;
  #cell = 0;

  constructor(cursor: Cursor, memory: OverwritingMemory) {
    this.#cursor = cursor;
    this.#words = memory.words;
    this.#mask = memory.capacity - 1;
    this.#cellWords = memory.cellWords;
    this.#cellsWord = memory.cellsWord;
    this.#number = memory.words[FIRST]! >>> 0; // C3
    this.#own(memory.capacity);
  }

  #own(cell: number): void {
    this.#cell = cell;
    this.start = (this.#cellsWord + cell * this.#cellWords + CELL.message) << 2;
  }

  /**
   * Publishes the message of `length` bytes that was written, and goes on to another cell. Never
   * waits; false where the consumer has closed.
   */
  publish(length: number): boolean {
    const words = this.#words;
    const number = this.#number;
    const header = this.#cellsWord + this.#cell * this.#cellWords;
    words[header + CELL.length] = length; // V1: plain, published by V2.
    words[header + CELL.numberLow] = number | 0; // V1
    words[header + CELL.numberHigh] = Math.floor(number / TWO_32); // V1
    const position = this.#cursor.at;
    const slot = position & this.#mask;
    const entry = ((position - slot) << 1) | (this.#cell ^ slot);
    // ORDERING(V2): publishes the message (V1) to V3, and takes over a cell that V3 put back or
    // nobody took; in one step, so that no cell has two owners.
    const old = Atomics.exchange(words, ENTRIES + slot, entry);
    this.#own((old & (2 * this.#mask + 1)) ^ slot);
    this.#number = number + 1;
    return this.#cursor.advance(1); // R3 counts it, after V2
  }
}

/** Takes cells out of the ring, oldest message first; the one consumer owns it. */
export class CellReader {
  /** Where the message taken begins, in bytes. */
  start = 0;
  /** How many bytes it has. */
  length = 0;
  /** How many messages were overwritten before they were taken, in all. */
  missed = 0;
  readonly #cursor: Cursor;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #mask: number;
  readonly #cellWords: number;
  readonly #cellsWord: number;
  /** The number of the message to come. */
  #number: number;
  #cell: number;

  constructor(cursor: Cursor, memory: OverwritingMemory) {
    this.#cursor = cursor;
    this.#words = memory.words;
    this.#mask = memory.capacity - 1;
    this.#cellWords = memory.cellWords;
    this.#cellsWord = memory.cellsWord;
    this.#cell = memory.capacity + 1;
    this.#number = memory.words[FIRST]! >>> 0; // C3
  }

  /** Counts the messages there are to take; the producer may add and drop some at any time. */
  get size(): number {
    const size = this.#cursor.size;
    return size === POSITION ? 0 : Math.min(size, this.#mask + 1);
  }

  /** Takes the oldest message, if there is one; the cell of the one before goes back. Never waits. */
  take(): boolean {
    const words = this.#words;
    const mask = this.#mask;
    while (this.#isPushed()) {
      const { at } = this.#cursor;
      const slot = at & mask;
      const tag = (at - slot) << 1;
      // ORDERING(V4): what is expected of V3; it decides nothing that V3 does not confirm.
      const entry = Atomics.load(words, ENTRIES + slot);
      if ((entry & ~(2 * mask + 1)) === tag) {
        const emptied = tag | (this.#cell ^ slot);
        // ORDERING(V3): observes V2, and with it the message (V1); gives the emptied cell to a later V2,
        // which writes to it after what was read of it; in one step, so that no cell has two owners.
        if (Atomics.compareExchange(words, ENTRIES + slot, entry, emptied) === entry) {
          this.#own((entry & (2 * mask + 1)) ^ slot);
          return true;
        }
      }
      this.#catchUp();
    }
    return false;
  }

  /** Tells whether the message to come has been pushed: then it is there, or was overwritten. */
  #isPushed(): boolean {
    const cursor = this.#cursor;
    if (cursor.at !== cursor.limit) return true;
    // R4 observes R3, and with it V2: up to the limit the entries are filled.
    if (!cursor.look()) return false;
    // The last message may have been taken between its V2 and R3, and then is not counted yet.
    if (cursor.known !== POSITION) return true;
    cursor.limit = cursor.at;
    return false;
  }

  #own(cell: number): void {
    const words = this.#words;
    const header = this.#cellsWord + cell * this.#cellWords;
    this.#cell = cell;
    this.start = (header + CELL.message) << 2;
    this.length = words[header + CELL.length]!; // V1
    const number = words[header + CELL.numberHigh]! * TWO_32 + (words[header + CELL.numberLow]! >>> 0); // V1
    this.missed += number - this.#number;
    this.#number = number + 1;
    this.#cursor.at = (this.#cursor.at + 1) & POSITION;
  }

  /** Goes on to the oldest message, where the one to come was overwritten. */
  #catchUp(): void {
    const cursor = this.#cursor;
    const capacity = this.#mask + 1;
    cursor.look();
    // The message that overwrote it may not be counted yet, but it is there.
    const pushed = Math.max(cursor.known, capacity + 1);
    const late = pushed - capacity;
    cursor.limit = (cursor.at + pushed) & POSITION;
    cursor.at = (cursor.at + late) & POSITION;
  }
}
