// The slots that a lane may give to its tasks. Slots come in pages of 32. A lane owns pages,
// and only its thread takes and frees their slots, without any atomic operation; pages change
// hands by one. A lane that has several empty pages gives them back.

import { NONE, type RuntimeMemory, SLOT, SLOTS_PER_PAGE } from './memory.ts';
import { FREE, peek, stateOf } from './slot.ts';

const NOBODY = 0;
const ALL = -1;
/** So many empty pages a lane keeps. */
const MOST_SPARE = 8;

/** Holds the slots of one lane; only the lane's thread uses it. */
export class SlotPages {
  readonly #memory: RuntimeMemory;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #owner: number;
  readonly #pages: number;
  /** The free slots of each page that is owned, a bit each. */
  readonly #free: Int32Array<ArrayBuffer>;
  /** Pages with free slots, apart from the present one; a page that was given back may be among them. */
  readonly #waiting: number[] = [];
  readonly #isWaiting: Uint8Array<ArrayBuffer>;
  #page = NONE;
  #spare = 0;
  #hint = 0;

  constructor(memory: RuntimeMemory, lane: number) {
    this.#memory = memory;
    this.#words = memory.words;
    this.#owner = lane + 1;
    this.#pages = memory.slots / SLOTS_PER_PAGE;
    this.#free = new Int32Array(this.#pages);
    this.#isWaiting = new Uint8Array(this.#pages);
  }

  /** Takes a free slot, or NONE where all slots of the runtime are owned by others, or in use. */
  allocate(): number {
    let page = this.#page;
    if (page === NONE || this.#free[page] === 0) {
      page = this.#nextPage();
      if (page === NONE) return NONE;
      this.#page = page;
    }
    const free = this.#free[page]!;
    if (free === ALL) this.#spare--;
    this.#free[page] = free & (free - 1);
    return page * SLOTS_PER_PAGE + (31 - Math.clz32(free & -free));
  }

  /** Makes a slot free again; its state must say so already. */
  free(slot: number): void {
    const page = Math.floor(slot / SLOTS_PER_PAGE);
    const before = this.#free[page]!;
    const now = before | (1 << (slot % SLOTS_PER_PAGE));
    this.#free[page] = now;
    if (now === ALL && ++this.#spare > MOST_SPARE && page !== this.#page) this.#giveBack(page);
    else if (before === 0) this.#wait(page);
  }

  #wait(page: number): void {
    if (page === this.#page || this.#isWaiting[page] === 1) return;
    this.#isWaiting[page] = 1;
    this.#waiting.push(page);
  }

  #nextPage(): number {
    for (let page = this.#waiting.pop(); page !== undefined; page = this.#waiting.pop()) {
      this.#isWaiting[page] = 0;
      if (this.#free[page] !== 0) return page;
    }
    for (let i = 0; i < this.#pages; i++) {
      const page = (this.#hint + i) % this.#pages;
      const at = this.#memory.pagesAt + page;
      // ORDERING(P1): a first guess for P2, which decides.
      if (Atomics.load(this.#words, at) !== NOBODY) continue;
      // ORDERING(P2): admits one of several lanes; observes P3, and with it what the former owner wrote to the slots.
      if (Atomics.compareExchange(this.#words, at, NOBODY, this.#owner) !== NOBODY) continue;
      this.#hint = page + 1;
      this.#free[page] = ALL;
      this.#spare++;
      return page;
    }
    return NONE;
  }

  #giveBack(page: number): void {
    this.#free[page] = 0;
    this.#spare--;
    this.#hint = Math.min(this.#hint, page);
    // ORDERING(P3): publishes the former owner's last writes to P2.
    Atomics.store(this.#words, this.#memory.pagesAt + page, NOBODY);
  }

  /** Takes over the pages of the lane's former thread; gives the slots that have tasks. */
  adopt(): number[] {
    const busy: number[] = [];
    for (let page = 0; page < this.#pages; page++) {
      if (Atomics.load(this.#words, this.#memory.pagesAt + page) !== this.#owner) continue; // P1
      let free = 0;
      for (let i = 0; i < SLOTS_PER_PAGE; i++) {
        const slot = page * SLOTS_PER_PAGE + i;
        if (stateOf(peek(this.#memory, this.#memory.slotAt(slot) + SLOT.state)) === FREE) free |= 1 << i;
        else busy.push(slot);
      }
      this.#free[page] = free;
      if (free === ALL) this.#spare++;
      if (free !== 0) this.#wait(page);
    }
    return busy;
  }
}
