// One channel between threads: the protocol on the state word and the payload of a slot.
//
// Every change of the word goes through one loop, which admits it only while the word is of
// this life and shows what the change needs. So a half that was evicted, or whose slot lives
// for another channel by now, changes nothing. Numbers are those of the diagram in ADR 0007.

import { unpark } from '@concurrency-lab/atomics';
import type { Chunk } from './chunk.ts';
import {
  freed,
  GENERATION,
  MESSAGE,
  PINS,
  READING,
  RECEIVER,
  SENDER,
  type Side,
  SENDING_SIDE,
  WAITING,
  WRITING,
} from './states.ts';

/** Is one life of one slot, seen from one thread. */
export class Slot {
  readonly chunk: Chunk;
  readonly index: number;
  /** The upper bits of the state word in this life. */
  readonly generation: number;
  readonly words: Int32Array<SharedArrayBuffer>;
  /** The index of the state word in `words`. */
  readonly at: number;

  constructor(chunk: Chunk, index: number, generation: number) {
    this.chunk = chunk;
    this.index = index;
    this.generation = generation;
    this.words = chunk.words;
    this.at = chunk.stateOf(index);
  }

  /** Takes a free slot for a channel with the given halves; undefined where it is not free. Edge 1. */
  static allocate(chunk: Chunk, index: number, halves: number): Slot | undefined {
    const at = chunk.stateOf(index);
    // ORDERING(S1): looks for a free slot; S2 decides.
    const word = Atomics.load(chunk.words, at);
    if ((word & ~GENERATION) !== 0) return undefined;
    // ORDERING(S2): admits one of several allocating threads; observes S3, the last access of the life before.
    const isTaken = Atomics.compareExchange(chunk.words, at, word, word | halves) === word;
    return isTaken ? new Slot(chunk, index, word & GENERATION) : undefined;
  }

  /**
   * Clears and sets bits, while the word shows all of `needs` and is of this life; frees the
   * slot if nothing pins it then. Gives the word before, or 0 where nothing was changed.
   */
  #change(clear: number, set: number, needs: number, guess: number): number {
    let word = guess;
    while ((word & GENERATION) === this.generation && (word & needs) === needs) {
      const next = (word & ~clear) | set;
      if (next === word) return word;
      // ORDERING(S3): the only change of a word in use: publishes the payload (S6, S7) to S5 or the next
      // S3, gives the slot back to S2, and loses no bit that the other half changes meanwhile.
      const seen = Atomics.compareExchange(this.words, this.at, word, (next & PINS) === 0 ? freed(word) : next);
      if (seen === word) return word;
      word = seen;
    }
    return 0;
  }

  #load(): number {
    // ORDERING(S4): a first guess for S3, which decides.
    return Atomics.load(this.words, this.at);
  }

  /** Wakes the receiver's thread, if `word` says that it may sleep. */
  #wake(word: number): void {
    if ((word & WAITING) !== 0) unpark(this.words, this.at);
  }

  /** Gives a half away, to whoever opens it. Edge 2. */
  offer(side: Side): boolean {
    const before = this.#change(0, side.offered, side.half, this.#load());
    this.#wake(before);
    return before !== 0;
  }

  /** Takes a half that was given away; one of several succeeds. Edge 3. */
  open(side: Side): boolean {
    return this.#change(side.offered, 0, side.half | side.offered, this.#load()) !== 0;
  }

  /**
   * Sends: claims the payload (edge 4), writes it, publishes it (edge 5). Tells whether the
   * receiver is there to take it; otherwise the sender's half has ended without sending.
   */
  send(tag: number, double: number, bytes: Uint8Array | undefined, length: number): boolean {
    const { at, words } = this;
    const before = this.#change(0, WRITING, SENDER, this.#load());
    if (before === 0) return false;
    words[at + 1] = tag; // ORDERING(S6): plain, within WRITING; published by S3 to the S3 that sets READING.
    if (bytes === undefined) this.chunk.doubles[(at + 2) >> 1] = double; // S6
    // ORDERING(S7): plain, as S6, many bytes at once.
    else this.chunk.bytes.set(bytes.subarray(0, length), (at + 2) << 2);
    const during = this.#change(SENDER | WRITING, MESSAGE, SENDER | RECEIVER | WRITING, before | WRITING);
    if (during === 0) this.#change(SENDER | WRITING, 0, WRITING, this.#load());
    else this.#wake(during);
    return during !== 0;
  }

  /** Gives the word for the receiver to look at; 0 once the receiver's half has ended. */
  look(): number {
    // ORDERING(S5): observes what S3 has changed; the payload is read only after a further S3.
    const word = Atomics.load(this.words, this.at);
    return (word & GENERATION) === this.generation && (word & RECEIVER) !== 0 ? word : 0;
  }

  /** Claims the payload for reading; `word` is what was looked at. Edge 7. */
  beginTake(word: number): boolean {
    return this.#change(0, READING, RECEIVER | MESSAGE, word) !== 0;
  }

  /** Gives the tag of the payload; only between `beginTake` and `endTake`. */
  get tag(): number {
    return this.words[this.at + 1]!; // ORDERING(S8): plain, within READING; ordered after S6 and S7 by S3.
  }

  /** Reads the payload as a double; only between `beginTake` and `endTake`. */
  get double(): number {
    return this.chunk.doubles[(this.at + 2) >> 1]!; // S8
  }

  /** Copies the payload; only between `beginTake` and `endTake`. */
  copy(to: Uint8Array<ArrayBuffer>, length: number): void {
    const from = (this.at + 2) << 2;
    to.set(this.chunk.bytes.subarray(from, from + length)); // S8
  }

  /** Ends the receiver's half after its taking. Edge 8. */
  endTake(word: number): void {
    this.#change(RECEIVER | READING, 0, READING, word | READING);
  }

  /**
   * Announces that the receiver will sleep on the word. Gives the value to sleep on, which a
   * wake-up will follow; 0 where there is no reason to sleep. Edge 6.
   */
  arm(): number {
    const before = this.#change(0, WAITING, SENDER | RECEIVER, this.#load());
    return before === 0 ? 0 : before | WAITING;
  }

  /** Ends a half: its holder's close. Edge 9 for the sender, 10 for the receiver. */
  leave(side: Side): void {
    this.#wake(this.#change(side.half, 0, side.half, this.#load()));
  }

  /**
   * Ends a half wherever it is (edge 11), and wakes the receiver even if it has ended already: its
   * thread may have stopped before it could. A payload being written or read stays claimed,
   * unless the thread has exited. Tells whether this call ended the half.
   */
  evict(side: Side, hasExited: boolean): boolean {
    const clear = side.half | side.offered | (hasExited ? side.busy : 0);
    const before = this.#change(clear, 0, 0, this.#load());
    this.#wake(before);
    return (before & side.half) !== 0;
  }

  /** Tells whether both halves live. */
  get isOpen(): boolean {
    const word = this.look();
    return (word & SENDING_SIDE.half) !== 0;
  }
}
