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

import { CELL, LAYOUT, type OverwritingMemory } from './overwriting-layout.ts';

const { tail: TAIL, entries: ENTRIES, first: FIRST } = LAYOUT.index;
const TWO_32 = 2 ** 32;

/** Fills cells and swaps them into the ring; the one producer owns it. */
export class CellWriter {
  /** Where the message to write begins, in bytes. */
  start = 0;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #mask: number;
  readonly #cellWords: number;
  readonly #cellsWord: number;
  /** The number of the message to come. */
  #number: number;
  #cell = 0;

  constructor(memory: OverwritingMemory) {
    this.#words = memory.words;
    this.#mask = memory.capacity - 1;
    this.#cellWords = memory.cellWords;
    this.#cellsWord = memory.cellsWord;
    this.#number = memory.words[FIRST]! >>> 0; // V8
    this.#own(memory.capacity);
  }

  #own(cell: number): void {
    this.#cell = cell;
    this.start = (this.#cellsWord + cell * this.#cellWords + CELL.message) << 2;
  }

  /** Publishes the message of `length` bytes that was written, and goes on to another cell. Never waits. */
  publish(length: number): void {
    const words = this.#words;
    const number = this.#number;
    const position = number | 0;
    const header = this.#cellsWord + this.#cell * this.#cellWords;
    words[header + CELL.length] = length; // V1: plain, published by V2.
    words[header + CELL.numberLow] = position; // V1
    words[header + CELL.numberHigh] = Math.floor(number / TWO_32); // V1
    const slot = position & this.#mask;
    const entry = ((position - slot) << 1) | (this.#cell ^ slot);
    // ORDERING(V2): publishes the message (V1) to V3, and takes over a cell that V3 put back or
    // nobody took; in one step, so that no cell has two owners.
    const old = Atomics.exchange(words, ENTRIES + slot, entry);
    this.#own((old & (2 * this.#mask + 1)) ^ slot);
    this.#number = number + 1;
    // ORDERING(V4): tells V5 that V2 was done.
    Atomics.store(words, TAIL, (position + 1) | 0);
  }
}

/** Tells that nothing is known to come at `head`; the tail is one less where a message was taken between V2 and V4. */
function isBehind(tail: number, head: number): boolean {
  return tail === head || ((tail + 1) | 0) === head;
}

/** Takes cells out of the ring, oldest message first; the one consumer owns it. */
export class CellReader {
  /** Where the message taken begins, in bytes. */
  start = 0;
  /** How many bytes it has. */
  length = 0;
  /** How many messages were overwritten before they were taken, in all. */
  missed = 0;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #mask: number;
  readonly #cellWords: number;
  readonly #cellsWord: number;
  /** The number of the message to come. */
  #number: number;
  /** The same, in 32 bits. */
  #head: number;
  /** How many messages have been pushed for certain, in 32 bits. */
  #tail: number;
  #cell: number;

  constructor(memory: OverwritingMemory) {
    this.#words = memory.words;
    this.#mask = memory.capacity - 1;
    this.#cellWords = memory.cellWords;
    this.#cellsWord = memory.cellsWord;
    this.#cell = memory.capacity + 1;
    this.#head = memory.words[FIRST]!; // V8
    this.#number = this.#head >>> 0;
    this.#tail = this.#head;
  }

  /** Counts the messages there are to take; the producer may add and drop some at any time. */
  get size(): number {
    // ORDERING(V6): a count for people; synchronises with nothing that is used.
    const tail = Atomics.load(this.#words, TAIL);
    return isBehind(tail, this.#head) ? 0 : Math.min((tail - this.#head) >>> 0, this.#mask + 1);
  }

  /** Takes the oldest message, if there is one; the cell of the one before goes back. Never waits. */
  take(): boolean {
    const words = this.#words;
    const mask = this.#mask;
    for (;;) {
      const head = this.#head;
      if (head === this.#tail) {
        // ORDERING(V5): observes V4, and with it V2: up to here the entries are filled.
        const tail = Atomics.load(words, TAIL);
        if (isBehind(tail, head)) return false;
        this.#tail = tail;
      }
      const slot = head & mask;
      const tag = (head - slot) << 1;
      // ORDERING(V7): what is expected of V3; it decides nothing that V3 does not confirm.
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
      this.#catchUp(head);
    }
  }

  #own(cell: number): void {
    const words = this.#words;
    const header = this.#cellsWord + cell * this.#cellWords;
    this.#cell = cell;
    this.start = (header + CELL.message) << 2;
    this.length = words[header + CELL.length]!; // V1
    const low = words[header + CELL.numberLow]!; // V1
    const number = words[header + CELL.numberHigh]! * TWO_32 + (low >>> 0); // V1
    this.missed += number - this.#number;
    this.#number = number + 1;
    this.#head = (low + 1) | 0;
  }

  /** Goes on to the oldest message, where the one at `head` was overwritten. */
  #catchUp(head: number): void {
    const capacity = this.#mask + 1;
    const tail = Atomics.load(this.#words, TAIL); // V5
    // The message that overwrote it may not be counted yet, but it is there.
    const counted = (tail - head) >>> 0 > capacity;
    this.#tail = counted ? tail : (head + capacity + 1) | 0;
    this.#head = (this.#tail - capacity) | 0;
  }
}
