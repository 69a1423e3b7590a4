// Messages in a ring of int32 words, without values. Each is a frame: a word with its length in
// bytes, then the bytes, filled up to a multiple of 4. A frame is never cut in two at the end of
// the ring: where it does not fit, a word says PADDING, and the frame begins at the start. So a
// message can be written and read in place; the price is that only messages of up to half the
// ring are sure to fit, whatever lies where.
//
//   byte 0         12                       28        32
//   | 5 | hello... | 11 | overwriting . ... | PADDING |
//
// The words are plain; the cursors (cursor.ts) order them, by counting words.
//
// Source: frames with padding as in Martin Thompson's Aeron.

import type { Cursor } from './cursor.ts';

const PADDING = -1;

/** Computes the words of a frame that holds a message of `length` bytes. */
function frameWords(length: number): number {
  return 1 + ((length + 3) >> 2);
}

/** Computes the longest message that is sure to fit into so many free words, wherever they begin. */
export function mostMessageBytes(words: number): number {
  // At worst, the padding is one word shorter than the frame: 2 n - 1 words in all.
  return 4 * (Math.floor((words + 1) / 2) - 1);
}

/** Appends frames; the one producer owns it. */
export class FrameWriter {
  /** Where the message reserved begins, in bytes. */
  start = 0;
  readonly #cursor: Cursor;
  readonly #words: Int32Array<SharedArrayBuffer>;
  /** The word in which the frames begin. */
  readonly #data: number;
  readonly #slots: number;
  /** Words of padding before the message reserved. */
  #padding = 0;

  constructor(cursor: Cursor, data: number) {
    this.#cursor = cursor;
    this.#words = cursor.words;
    this.#data = data;
    this.#slots = cursor.slots;
  }

  /** Finds room for a message of `length` bytes, from byte {@link FrameWriter.start} on; publishes nothing. */
  reserve(length: number): boolean {
    return this.#fits(length) || (this.#cursor.look() && this.#fits(length));
  }

  #fits(length: number): boolean {
    const { at, known } = this.#cursor;
    const frame = frameWords(length);
    const slot = at < this.#slots ? at : at - this.#slots;
    const room = this.#slots - slot;
    const padding = frame > room ? room : 0;
    if (known < padding + frame) return false;
    this.#padding = padding;
    this.start = (this.#data + (padding === 0 ? slot : 0) + 1) << 2;
    return true;
  }

  /** Publishes the message, of at most as many bytes as were reserved; false where the consumer has closed. */
  publish(length: number): boolean {
    const words = this.#words;
    const first = (this.start >> 2) - 1;
    const padding = this.#padding;
    if (padding > 0) words[this.#data + this.#slots - padding] = PADDING; // B1
    words[first] = length; // B1
    return this.#cursor.advance(padding + frameWords(length));
  }
}

/** Reads frames in order; the one consumer owns it. */
export class FrameReader {
  /** Where the message read begins, in bytes. */
  start = 0;
  /** How many bytes it has. */
  length = 0;
  readonly #cursor: Cursor;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #data: number;
  readonly #slots: number;
  #padding = 0;

  constructor(cursor: Cursor, data: number) {
    this.#cursor = cursor;
    this.#words = cursor.words;
    this.#data = data;
    this.#slots = cursor.slots;
  }

  /** Finds the oldest message, if there is one; the same again until it is released. */
  read(): boolean {
    const cursor = this.#cursor;
    if (cursor.at === cursor.limit && !cursor.look()) return false;
    const { at } = cursor;
    let slot = at < this.#slots ? at : at - this.#slots;
    let length = this.#words[this.#data + slot]!; // B1
    this.#padding = 0;
    if (length === PADDING) {
      this.#padding = this.#slots - slot;
      slot = 0;
      length = this.#words[this.#data]!; // B1
    }
    this.start = (this.#data + slot + 1) << 2;
    this.length = length;
    return true;
  }

  /** Gives the room of the message read back to the producer, at once or with that of later ones. */
  release(): void {
    this.#cursor.advance(this.#padding + frameWords(this.length));
  }
}
