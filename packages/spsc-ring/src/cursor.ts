// One side's place in the ring: where it is, how far it may go without looking, and what it
// has not published yet. Both sides run this same code, each on its own word of control.ts:
// the producer may go on while there are free slots, the consumer while there are items.
//
//   UNOPENED --open (R1)--> OPEN --close, or the other side closed--> ENDED
//
// The hot path is `at`, `limit` and `advance`: no shared access but the one that publishes.
// The other side's position is loaded only at the limit, as in Lee, Bu and Chandranmenon's
// MCRingBuffer (2009) and Torquati's and Rigtorp's rings with cached indices.

import { unpark } from '@concurrency-lab/atomics';
import { CLOSED, CONTROL, type End, PARKED, SHIFT } from './control.ts';
import { SideTakenError } from './errors.ts';

const { index } = CONTROL;

const UNOPENED = 0;
const OPEN = 1;
const ENDED = 2;

// More than any ring has slots. A small integer, as all that is counted here: with Infinity once
// in the field, V8 boxes it in every cursor of the program.
const NEVER = 2 ** 30 - 1;

/** Holds one side's place in the ring; for one thread. */
export class Cursor {
  /** The position of the next slot, from 0 to twice the slots. */
  at = 0;
  /** The position that needs a look before it may be passed; `at` where the next step needs one. */
  limit = 0;

  readonly words: Int32Array<SharedArrayBuffer>;
  /** How many slots there are: the slot of a position is the position, less this where it is not below. */
  readonly slots: number;
  /** The word that tells about the other side: the one to sleep on. */
  readonly otherWord: number;
  readonly spins: number;
  /** True where neither side may notify: waits then look from time to time. */
  readonly isRealtime: boolean;

  readonly #end: End;
  readonly #ownWord: number;
  /** Positions from here on begin again at 0. */
  readonly #turn: number;
  /** What is added to the other's position to give the limit: all slots for the producer. */
  readonly #reach: number;
  #state = UNOPENED;
  /** The word as this side last wrote it, without flags. */
  #written = 0;
  /** The other's word as last seen, with flags. */
  #seen = 0;
  /** How many items were passed and not published. */
  #pending = 0;
  /** How many pending items make something due. */
  #due = 0;
  readonly #publishEvery: number;
  readonly #lookEvery: number;
  /** A lazy producer publishes when the consumer has no more items than this. */
  readonly #dry: number;

  constructor(words: Int32Array<SharedArrayBuffer>, end: End) {
    this.words = words;
    this.#end = end;
    this.#ownWord = end.own;
    this.otherWord = end.other;
    const isProducer = end.name === 'producer';
    this.slots = words[index.slots]!; // C3
    this.spins = words[index.spins]!; // C3
    this.isRealtime = words[index.realtime] !== 0; // C3
    this.#turn = 2 * this.slots;
    this.#reach = isProducer ? this.slots : 0;
    this.#publishEvery = words[isProducer ? index.publishEvery : index.freeEvery]!; // C3
    this.#lookEvery = isProducer ? words[index.lookEvery]! : 0; // C3
    this.#dry = words[index.freeEvery]!; // C3
  }

  /** Tells whether this side has been opened here. */
  get isOpened(): boolean {
    return this.#state !== UNOPENED;
  }

  /**
   * Makes the side this thread's, and takes its place from shared memory.
   *
   * @throws {SideTakenError} where it is somebody's, unless it is taken over
   */
  open(takeOver: boolean): void {
    if (this.#state !== UNOPENED) return;
    const { words } = this;
    const { name, owner } = this.#end;
    // ORDERING(R1): admits one of several openers; synchronises with nothing else.
    if (Atomics.compareExchange(words, owner, 0, 1) !== 0 && !takeOver) throw new SideTakenError(name);
    // ORDERING(R2): the side's own word, which only the other's flags may change now; the thread
    // that had the side has ended, and its end happened before.
    const word = Atomics.load(words, this.#ownWord);
    this.#state = OPEN;
    this.at = word >> SHIFT;
    this.limit = this.at;
    this.#written = this.at << SHIFT;
    this.#due = this.#lookEvery === 0 ? this.#publishEvery : this.#lookEvery;
    if ((word & CLOSED) !== 0) this.#state = ENDED;
  }

  /** Moves past `count` items, 1 or more; false where the other side has closed, so that they are lost. */
  advance(count: number): boolean {
    let at = this.at + count;
    if (at >= this.#turn) at -= this.#turn;
    this.at = at;
    const pending = this.#pending + count;
    this.#pending = pending;
    return pending < this.#due || this.#isDue(pending);
  }

  /** Looks where the other side is, unless known; true when this side may go on. */
  look(): boolean {
    if (this.#state !== OPEN) {
      if (this.#state === UNOPENED) this.open(false);
      if (this.#state === ENDED) return this.limit !== this.at;
    }
    // A full ring whose items are not published would stay full. Slots need not be handed
    // back here: there are so many more than the capacity that the producer has its share.
    if (this.#pending > 0 && this.#reach > 0 && !this.publish()) return false;
    // ORDERING(R4): observes what the other side wrote before its R3: items, or that slots were read.
    const seen = Atomics.load(this.words, this.otherWord);
    this.#seen = seen;
    this.#setLimit(seen);
    if ((seen & CLOSED) === 0) return this.limit !== this.at;
    if (this.#reach > 0) this.limit = this.at;
    if (this.limit !== this.at) return true;
    this.#state = ENDED;
    return false;
  }

  /** Counts the items that this side may pass without another look. */
  get known(): number {
    const known = this.limit - this.at;
    return known < 0 ? known + this.#turn : known;
  }

  /** Looks if fewer than `count` items may be passed; gives how many, at most `count`. */
  ensure(count: number): number {
    if (this.known < count) this.look();
    return Math.min(this.known, count);
  }

  /** Publishes what is pending; false where the other side has closed. */
  flush(): boolean {
    if (this.#pending > 0 && this.#state === OPEN) return this.publish();
    return this.#state !== ENDED;
  }

  /** Publishes this side's place, and wakes the other where it sleeps; false where that has closed. */
  publish(): boolean {
    const written = this.#written;
    const word = this.at << SHIFT;
    this.#written = word;
    this.#pending = 0;
    this.#due = this.#lookEvery === 0 ? this.#publishEvery : this.#lookEvery;
    // ORDERING(R3): publishes the slots passed since the last time to R4, and takes back what the
    // other side may have set meanwhile, which is why it is no store.
    const found = Atomics.exchange(this.words, this.#ownWord, word);
    return found === written || this.#answer(found);
  }

  /**
   * Says in the other's word that this side is about to sleep on it.
   *
   * @returns the value to sleep on, or undefined where the word has changed since the last look
   */
  announce(): number | undefined {
    const seen = this.#seen;
    if ((seen & PARKED) !== 0) return seen;
    // ORDERING(R5): succeeds only before the other's next R3, which then finds it, and wakes.
    if (Atomics.compareExchange(this.words, this.otherWord, seen, seen | PARKED) !== seen) return undefined;
    this.#seen = seen | PARKED;
    return this.#seen;
  }

  /** Gives the other's word as last seen. */
  get seen(): number {
    return this.#seen;
  }

  /** Closes the ring from this side: publishes what is pending, and wakes the other side. */
  close(): void {
    if (this.#state === UNOPENED) this.open(false);
    if (this.#state === ENDED) return;
    this.#state = ENDED;
    this.#due = NEVER;
    const { words } = this;
    if (this.#reach > 0) this.limit = this.at;
    else {
      // ORDERING(R6): fixes what was sent: the producer's next R3 finds it, and what it published
      // then was not accepted. Observes what was published before.
      this.#setLimit(Atomics.or(words, this.otherWord, CLOSED));
    }
    // ORDERING(R7): publishes what is pending, and that nothing follows, to R4.
    const found = Atomics.exchange(words, this.#ownWord, (this.at << SHIFT) | CLOSED);
    if ((found & PARKED) !== 0) unpark(words, this.#ownWord);
  }

  /** Tells that the last look has found the end: nothing more can be done on this side. */
  get hasEnded(): boolean {
    return this.#state === ENDED && this.limit === this.at;
  }

  /** Tells that this side can do nothing more: it has ended, or will at the next look. */
  get isClosed(): boolean {
    if (this.#state === ENDED) return this.hasEnded;
    // ORDERING(R8): as R4, without going on.
    const seen = Atomics.load(this.words, this.otherWord);
    return (seen & CLOSED) !== 0 && (this.#reach > 0 || seen >> SHIFT === this.#place());
  }

  /** Counts the items in the ring: those this side knows of, and the other's as it has published. */
  get size(): number {
    if (this.#state === ENDED && this.#reach === 0) return this.known;
    const other = Atomics.load(this.words, this.otherWord) >> SHIFT; // R8
    const size = this.#reach > 0 ? this.#place() - other : other - this.#place();
    return size < 0 ? size + this.#turn : size;
  }

  /** Wakes this side's own sleepers, to look again. */
  wakeOwn(): void {
    unpark(this.words, this.otherWord);
  }

  #place(): number {
    return this.#state === UNOPENED ? Atomics.load(this.words, this.#ownWord) >> SHIFT : this.at; // R2
  }

  #setLimit(seen: number): void {
    const limit = (seen >> SHIFT) + this.#reach;
    this.limit = limit >= this.#turn ? limit - this.#turn : limit;
  }

  /** Publishes, unless this side is lazy and the other has enough. */
  #isDue(pending: number): boolean {
    if (pending < this.#publishEvery) {
      const left = (this.#written >> SHIFT) - (Atomics.load(this.words, this.otherWord) >> SHIFT); // R8
      if ((left < 0 ? left + this.#turn : left) >= this.#dry) {
        this.#due = pending + this.#lookEvery;
        return true;
      }
    }
    return this.publish();
  }

  #answer(found: number): boolean {
    if ((found & PARKED) !== 0) unpark(this.words, this.#ownWord);
    if ((found & CLOSED) === 0) return true;
    this.#state = ENDED;
    this.limit = this.at;
    return false;
  }
}
