// One side's place in the ring: where it is, how far it may go without looking, and what it
// has not published yet. Both sides run this same code, each on its own word of control.ts:
// the producer may go on while there are free slots, the consumer while there are items.
//
//   UNOPENED --open (R1)--> OPEN --close, or the other side closed--> ENDED
//
// The hot path is `at`, `limit` and `advance`: no shared access but the one that publishes.
// The other side's position is loaded only at the limit, as in Lee, Bu and Chandranmenon's
// MCRingBuffer (2009) and Torquati's and Rigtorp's rings with cached indices.
//
// A side that keeps up with the other follows on its heels: each look finds an item or two, and each item
// moves the cache lines of the word and of the slot to this side and back. So now and then such a side rests before
// it looks, on nothing shared, and lets the other run ahead by some cache lines. It learns whether that pays. A side
// that waits for answers is not on the other's heels: it looks in vain in between, and never rests.

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
const NOWHERE = -1;

/** A look that finds fewer items is on the other's heels; a rest has paid if the next look finds as many. */
const AHEAD = 16;
/** The longest rest, in turns of an empty loop, about a microsecond in all; and for each slot of a small ring. */
const LONGEST_REST = 3000;
const REST_PER_SLOT = 24;
/** A side rests after so many looks on the other's heels: after more and more, up to the last, while rests do not pay. */
const FIRST_TRIAL = 2;
const LAST_TRIAL = 1024;

/** Holds one side's place in the ring; for one thread. */
export class Cursor {
  /** The position of the next slot, from 0 to twice the slots. */
  at = 0;
  /** The position that needs a look before it may be passed; `at` where the next step needs one. */
  limit = 0;

  readonly words: Int32Array<SharedArrayBuffer>;
  // Numbers begin as such, and not as undefined: V8 then keeps small integers, and never asks what they are.
  /** How many slots there are: the slot of a position is the position, less this where it is not below. */
  readonly slots: number = 0;
  /** The word that tells about the other side: the one to sleep on. */
  readonly otherWord: number = 0;
  readonly spins: number = 0;
  /** True where neither side may notify: waits then look from time to time. */
  readonly isRealtime: boolean;

  readonly #end: End;
  readonly #ownWord: number = 0;
  /** Positions from here on begin again at 0. */
  readonly #turn: number = 0;
  /** What is added to the other's position to give the limit: all slots for the producer. */
  readonly #reach: number = 0;
  #state = UNOPENED;
  /** How long the next look rests first, and how long one does that rests. */
  #rest = 0;
  readonly #longestRest: number = 0;
  /** How many looks in a row were on the other's heels, and how many lead to a rest. */
  #onHeels = 0;
  #restAfter = FIRST_TRIAL;
  /** The word as this side last wrote it, without flags. */
  #written = 0;
  /** The other's word as last seen, with flags. */
  #seen = 0;
  /** How many pending items, passed and not published, make something due; and the position at which they do. */
  #due = 0;
  #dueAt = 0;
  readonly #publishEvery: number = 0;
  readonly #lookEvery: number = 0;
  /** A lazy producer publishes when the consumer has no more items than this. */
  readonly #dry: number = 0;

  constructor(words: Int32Array<SharedArrayBuffer>, end: End) {
    this.words = words;
    this.#end = end;
    this.#ownWord = end.own;
    this.otherWord = end.other;
    const isProducer = end.name === 'producer';
    this.slots = words[index.slots]!; // C3
    this.spins = words[index.spins]!; // C3
    this.isRealtime = words[index.realtime] !== 0; // C3
    this.#longestRest = this.isRealtime ? 0 : Math.min(LONGEST_REST, REST_PER_SLOT * this.slots);
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
    this.#setDue(this.#lookEvery === 0 ? this.#publishEvery : this.#lookEvery);
    if ((word & CLOSED) !== 0) this.#state = ENDED;
  }

  /** Moves past one item; false where the other side has closed, so that it is lost. */
  step(): boolean {
    let at = this.at + 1;
    if (at === this.#turn) at = 0;
    this.at = at;
    return at !== this.#dueAt || this.#isDue(this.#due);
  }

  /** Moves past `count` items, 1 or more; false where the other side has closed, so that they are lost. */
  advance(count: number): boolean {
    let at = this.at + count;
    if (at >= this.#turn) at -= this.#turn;
    this.at = at;
    const pending = this.#pending;
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
    for (let left = this.#rest; left > 0; left--);
    // ORDERING(R4): observes what the other side wrote before its R3: items, or that slots were read.
    const seen = Atomics.load(this.words, this.otherWord);
    this.#seen = seen;
    this.#setLimit(seen);
    if ((seen & CLOSED) === 0) return this.#found(this.known);
    if (this.#reach > 0) this.limit = this.at;
    if (this.limit !== this.at) return true;
    this.#state = ENDED;
    return false;
  }

  /** Decides by what a look has found whether the next one rests; true if it has found anything. */
  #found(items: number): boolean {
    if (this.#rest > 0) this.#restAfter = items >= AHEAD ? FIRST_TRIAL : Math.min(2 * this.#restAfter, LAST_TRIAL);
    this.#rest = 0;
    if (items === 0 || items >= AHEAD) this.#onHeels = 0;
    else if (++this.#onHeels >= this.#restAfter) {
      this.#onHeels = 0;
      this.#rest = this.#longestRest;
    }
    return items > 0;
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
    this.#setDue(this.#lookEvery === 0 ? this.#publishEvery : this.#lookEvery);
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
    this.#dueAt = NOWHERE;
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

  /** Counts the items that were passed and not published. */
  get #pending(): number {
    const pending = this.at - (this.#written >> SHIFT);
    return pending < 0 ? pending + this.#turn : pending;
  }

  #setDue(pending: number): void {
    const at = (this.#written >> SHIFT) + pending;
    this.#due = pending;
    this.#dueAt = at >= this.#turn ? at - this.#turn : at;
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
        this.#setDue(pending + this.#lookEvery);
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
