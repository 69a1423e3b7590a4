// A hashed hierarchical timer wheel: six levels of 64 slots, a tick of a millisecond. A slot
// of level 0 holds the entries of one tick, a slot of level 1 those of 64, and so on: an entry
// is in the lowest level on which its tick and the wheel's time lie in the same round. When
// time comes to a slot of a higher level, its entries move to lower ones. Adding and removing
// take constant time: the slots are doubly linked rings, linked through the entries.
//
// Sources: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (SOSP 1987); the wheel
// of Tokio.

const BITS = 6;
const SLOTS = 1 << BITS;
const LEVELS = 6;
/** Ticks in a slot of each level, and at the end in a round of the last. */
const SPAN = Array.from({ length: LEVELS + 1 }, (_, level) => SLOTS ** level);

/** Is what a wheel holds: extended by whatever is to happen at a time. */
export interface Entry {
  /** The tick at which it is due, an integer. */
  tick: number;
  /** Link the ring of a slot; undefined while the entry is in none. */
  before: Entry | undefined;
  after: Entry | undefined;
  /** Happens when the tick has come. */
  expire(): void;
}

/** Begins and ends the ring of a slot. */
class Head implements Entry {
  tick = -1;
  before: Entry = this;
  after: Entry = this;
  expire(): void {}
}

/** Holds entries until their ticks have come. */
export class Wheel {
  #now: number;
  #size = 0;
  readonly #slots: readonly Head[] = Array.from({ length: LEVELS * SLOTS }, () => new Head());
  /** Two words for each level, a bit for each slot; set too where the last entry was removed since. */
  readonly #occupied = new Int32Array(2 * LEVELS);

  constructor(now: number) {
    this.#now = now;
  }

  /** Counts the entries. */
  get size(): number {
    return this.#size;
  }

  /** Adds an entry; one whose tick has passed expires at the next turn. */
  add(entry: Entry): void {
    this.#size++;
    this.#link(entry);
  }

  #link(entry: Entry): void {
    const tick = Math.max(entry.tick, this.#now);
    let level = 0;
    while (level < LEVELS - 1 && Math.floor(tick / SPAN[level + 1]!) !== Math.floor(this.#now / SPAN[level + 1]!)) {
      level++;
    }
    const slot = Math.floor(tick / SPAN[level]!) % SLOTS;
    this.#occupied[2 * level + (slot >> 5)]! |= 1 << (slot & 31);
    const head = this.#slots[level * SLOTS + slot]!;
    entry.before = head.before;
    entry.after = head;
    head.before.after = entry;
    head.before = entry;
  }

  /** Removes an entry, if it is in the wheel. */
  remove(entry: Entry): void {
    if (entry.after === undefined) return;
    this.#size--;
    unlink(entry);
  }

  /** Gives the earliest tick at which {@link Wheel.turn} has something to do, Infinity where none: no entry is due before. */
  next(): number {
    for (let level = 0; level < LEVELS; level++) {
      const slot = this.#firstSlot(level);
      if (slot !== undefined) return this.#tickOf(level, slot);
    }
    return Infinity;
  }

  /** Finds the slot of a level that time comes to first. */
  #firstSlot(level: number): number | undefined {
    const current = Math.floor(this.#now / SPAN[level]!) % SLOTS;
    for (let i = 0; i < SLOTS; i++) {
      const slot = (current + i) % SLOTS;
      const word = 2 * level + (slot >> 5);
      const bit = 1 << (slot & 31);
      if (this.#occupied[word] === 0) {
        i += 31 - (slot & 31); // no slot of this word
      } else if ((this.#occupied[word]! & bit) !== 0) {
        const head = this.#slots[level * SLOTS + slot]!;
        if (head.after !== head) return slot;
        this.#occupied[word]! &= ~bit;
      }
    }
    return undefined;
  }

  #tickOf(level: number, slot: number): number {
    const round = SPAN[level + 1]!;
    const tick = Math.floor(this.#now / round) * round + slot * SPAN[level]!;
    // On the last level, entries may lie in the next round; on all others that is the level above.
    return tick + SPAN[level]! <= this.#now ? tick + round : Math.max(tick, this.#now);
  }

  /** Lets all entries expire that are due at `now`, the earlier before the later, and tells how many. */
  turn(now: number): number {
    let expired = 0;
    for (let level = 0; level < LEVELS; level++) {
      const slot = this.#firstSlot(level);
      if (slot === undefined) continue;
      const tick = this.#tickOf(level, slot);
      if (tick > now) break;
      this.#now = tick;
      expired += this.#empty(this.#slots[level * SLOTS + slot]!);
      level = -1; // from the lowest again
    }
    this.#now = Math.max(this.#now, now);
    return expired;
  }

  /** Lets the entries of a slot expire, or moves them to lower levels. */
  #empty(slot: Head): number {
    // Taken out first: what expires may add entries, and remove some of these.
    const due = new Head();
    due.after = slot.after;
    due.before = slot.before;
    due.after.before = due.before.after = due;
    slot.before = slot.after = slot;
    let expired = 0;
    for (let entry = due.after; entry !== due; entry = due.after) {
      unlink(entry);
      if (entry.tick > this.#now) {
        this.#link(entry);
        continue;
      }
      this.#size--;
      expired++;
      entry.expire();
    }
    return expired;
  }
}

function unlink(entry: Entry): void {
  entry.before!.after = entry.after;
  entry.after!.before = entry.before;
  entry.before = entry.after = undefined;
}
