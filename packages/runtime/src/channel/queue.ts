// The protocol of a bounded channel with many senders and one receiver, seen from one thread.
//
// A message lies in a cell. A cell goes round:
//
//   free ──1 claim──▶ a sender's ──2 push──▶ in the inbox ──3 take──▶ in line ──4 free──▶ free
//                     └──────────5 free: the receiver has closed──────────────────────────▶
//
// The inbox is a stack: a push is one compare-and-swap of its top (edge 2). The receiver takes all
// of it in one step, and turns it over: the line is in the order of the pushes. Nobody but the
// receiver takes, so a cell cannot come back between a look at the top and the swap in a way that
// would matter: its link says what the top is.
//
// A sender that vanishes leaves at most one cell, which says whose it was; the receiver can find it
// (reclaim). So no step of one thread keeps another from going on.
//
// Source: a stack that is pushed to by one step and taken whole, as the run queue of
// embassy-executor; the semantics of the channel are those of `tokio::sync::mpsc`.

import { unpark } from '@concurrency-lab/atomics';
import { INBOX, type MpscMemory, ROOM, TAKEN } from './layout.ts';
import {
  CLOSED,
  ENDED,
  FREE,
  GIVEN_BACK,
  NOBODY,
  NONE,
  OFFERED,
  ONE_LIFE,
  OPEN,
  PARKED,
  SHUT,
  TICKET_STATE,
  TOP,
  WAITING,
} from './states.ts';

/** Does the steps of a channel for one thread. */
export class Queue {
  readonly memory: MpscMemory;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly #capacity: number;
  #hint = 0;
  /** What the inbox held when it was last looked at. */
  #inbox = 0;
  /** What the room held when it was last looked at. */
  #room = 0;
  /** What the inbox may hold: where not, the swap tells. */
  #guess = 0;

  constructor(memory: MpscMemory) {
    this.memory = memory;
    this.words = memory.words;
    this.#capacity = memory.capacity;
  }

  // ---- senders

  /** Takes a free cell for a sender; NONE where all were in use, or the receiver has closed. Edge 1. */
  claim(ticket: number): number {
    const { words, memory } = this;
    for (;;) {
      // ORDERING(M4): before the look at the cells, as M8 comes after a cell is free: what is overlooked is counted.
      const room = Atomics.load(words, ROOM);
      this.#room = room;
      if ((room & SHUT) !== 0) return NONE;
      for (let i = 0; i < this.#capacity; i++) {
        const cell = (this.#hint + i) % this.#capacity;
        const at = memory.cellAt(cell);
        // ORDERING(M5): looks for a free cell; M6 decides.
        if (Atomics.load(words, at) !== FREE) continue;
        // ORDERING(M6): admits one sender; observes M7, before which the receiver has read the message there.
        if (Atomics.compareExchange(words, at, FREE, ticket + 1) !== FREE) continue;
        this.#hint = cell + 1;
        return cell;
      }
      if (((Atomics.load(words, ROOM) ^ room) & ~WAITING) === 0) return NONE; // M4
    }
  }

  /** Tells whether the receiver had closed when {@link Queue.claim} looked. */
  get isShut(): boolean {
    return (this.#room & SHUT) !== 0;
  }

  /** Tells whether the receiver has closed. */
  get isClosed(): boolean {
    return (Atomics.load(this.words, ROOM) & SHUT) !== 0; // M4
  }

  /** Says that a sender will sleep until there is room: gives the value to sleep on; undefined where it is to look again. */
  armRoom(): number | undefined {
    const room = this.#room;
    if ((room & WAITING) !== 0) return room;
    // ORDERING(M9): says so only while no cell was given back since the look, so that M8 sees it.
    return Atomics.compareExchange(this.words, ROOM, room, room | WAITING) === room ? room | WAITING : undefined;
  }

  /** Sends the message in a cell; false where the receiver has closed. Edge 2. */
  push(cell: number): boolean {
    const { words } = this;
    const link = this.memory.cellAt(cell) + 1;
    let inbox = this.#guess;
    while ((inbox & CLOSED) === 0) {
      words[link] = inbox & TOP; // ORDERING(M11): plain, in the sender's cell, as the message; published by M12.
      // ORDERING(M12): publishes the message and M11 to M13; sees whether the receiver may sleep.
      const seen = Atomics.compareExchange(words, INBOX, inbox, (inbox & ~(TOP | PARKED)) | (cell + 1));
      if (seen === inbox) {
        this.#guess = cell + 1;
        if ((inbox & PARKED) !== 0) unpark(words, INBOX);
        return true;
      }
      inbox = seen;
    }
    return false;
  }

  /**
   * Gives a cell back, and wakes the senders that wait for one: all, since the one that would be
   * chosen may vanish before it wakes the next. Edges 4 and 5.
   */
  free(cell: number): void {
    const { words } = this;
    // ORDERING(M7): publishes that the message was read to M6.
    Atomics.store(words, this.memory.cellAt(cell), FREE);
    let room = Atomics.load(words, ROOM); // M4: a first guess
    for (;;) {
      // ORDERING(M8): after the cell is free; takes back what M9 has said, or is seen by M4.
      const seen = Atomics.compareExchange(words, ROOM, room, (room + GIVEN_BACK) & ~WAITING);
      if (seen === room) break;
      room = seen;
    }
    if ((room & WAITING) !== 0) unpark(words, ROOM);
  }

  // ---- the receiver

  /** Takes the next message; NONE where there is none. Edge 3. */
  take(): number {
    const { words } = this;
    let first = words[TAKEN]!; // ORDERING(M14): plain, the receiver's own; another thread has it after M18.
    if (first === 0) {
      // ORDERING(M10): comes before the sleep on the value that it gives.
      this.#inbox = Atomics.load(words, INBOX);
      if ((this.#inbox & TOP) === 0) return NONE;
      first = this.#takeAll();
    }
    const behind = words[this.memory.cellAt(first - 1) + 1]!; // M11
    words[TAKEN] = behind; // M14
    return first - 1;
  }

  /** Empties the inbox, and gives its first message plus 1, which leads to the others; 0 where it was empty. */
  #takeAll(): number {
    const { words, memory } = this;
    // ORDERING(M13): observes M12 of all that was pushed, and loses none.
    let top = Atomics.and(words, INBOX, ~TOP) & TOP;
    let first = 0;
    while (top !== 0) {
      const link = memory.cellAt(top - 1) + 1;
      const below = words[link]!; // M11: plain, after M13; the cell is the receiver's now.
      words[link] = first; // M11
      first = top;
      top = below;
    }
    return first;
  }

  /** Tells whether nothing was there when {@link Queue.take} looked, and nothing will come. */
  get isAtEnd(): boolean {
    return (this.#inbox & (ENDED | CLOSED)) !== 0;
  }

  /** Says that the receiver will sleep: gives the value to sleep on; undefined where it is to look again. */
  armInbox(): number | undefined {
    const inbox = this.#inbox;
    if ((inbox & PARKED) !== 0) return inbox;
    // ORDERING(M15): says so only while the inbox is empty, so that M12 sees it.
    return Atomics.compareExchange(this.words, INBOX, inbox, inbox | PARKED) === inbox ? inbox | PARKED : undefined;
  }

  /** Has no more messages accepted, and wakes everyone. */
  close(): void {
    // ORDERING(M16): ends M12; nothing that was pushed gets lost.
    Atomics.or(this.words, INBOX, CLOSED);
    // ORDERING(M2): ends the sleeps on the room, and M9; what else the room says matters no more.
    Atomics.store(this.words, ROOM, SHUT);
    unpark(this.words, INBOX);
    unpark(this.words, ROOM);
  }

  /** Gives back the cell that a sender, whose thread has exited, had taken and not sent. */
  reclaim(ticket: number): void {
    const { words, memory } = this;
    const newer = this.#takeAll();
    let last = TAKEN;
    const inLine = new Set<number>();
    const follow = (): void => {
      let cell = words[last]!; // M11
      while (cell !== 0) {
        inLine.add(cell - 1);
        last = memory.cellAt(cell - 1) + 1;
        cell = words[last]!; // M11
      }
    };
    follow();
    words[last] = newer; // M11
    follow();
    for (let cell = 0; cell < this.#capacity; cell++) {
      if (!inLine.has(cell) && Atomics.load(words, memory.cellAt(cell)) === ticket + 1) this.free(cell); // M5
    }
  }

  // ---- tickets

  /** Gives out a ticket; NONE where none is left. */
  offer(): { readonly ticket: number; readonly life: number } | typeof NONE {
    const { words, memory } = this;
    for (let ticket = 0; ticket < memory.senders; ticket++) {
      const at = memory.ticketAt(ticket);
      const word = Atomics.load(words, at); // M17
      if ((word & TICKET_STATE) !== NOBODY) continue;
      // ORDERING(M17): admits one of several; loads only look, and this decides.
      if (Atomics.compareExchange(words, at, word, word | OFFERED) !== word) continue;
      return { ticket, life: word >> 2 };
    }
    return NONE;
  }

  /** Opens a ticket that was given out; one of several succeeds. */
  open(ticket: number, life: number): boolean {
    const at = this.memory.ticketAt(ticket);
    const offered = (life * ONE_LIFE) | OFFERED;
    return Atomics.compareExchange(this.words, at, offered, (life * ONE_LIFE) | OPEN) === offered; // M17
  }

  /** Tells whether a ticket is still in this life. */
  isLive(ticket: number, life: number): boolean {
    const word = Atomics.load(this.words, this.memory.ticketAt(ticket)); // M17
    return word >> 2 === life && (word & TICKET_STATE) !== NOBODY;
  }

  /** Gives a ticket back, whatever its state; ends the channel where it was the last. Tells whether it was there to be given back. */
  leave(ticket: number, life: number): boolean {
    const at = this.memory.ticketAt(ticket);
    let word = Atomics.load(this.words, at); // M17
    for (;;) {
      if (word >> 2 !== life || (word & TICKET_STATE) === NOBODY) return false;
      const seen = Atomics.compareExchange(this.words, at, word, ((life + 1) * ONE_LIFE) | 0); // M17
      if (seen === word) break;
      word = seen;
    }
    this.endIfLast();
    return true;
  }

  /** Ends the channel if no sender is left: where two looks at all tickets in a row see the same lives, and nobody's. */
  endIfLast(): void {
    let before: number | undefined;
    for (;;) {
      const lives = this.#livesIfNobody();
      if (lives === NONE) return;
      if (lives === before) break;
      before = lives;
    }
    // ORDERING(M3): after the messages of all senders (M12); seen by the receiver with an empty inbox, or ends its sleep.
    Atomics.or(this.words, INBOX, ENDED);
    unpark(this.words, INBOX);
  }

  /** Sums up the lives of all tickets; NONE where somebody has one. A life ends once, so equal sums mean equal lives. */
  #livesIfNobody(): number {
    const { words, memory } = this;
    let lives = 0;
    for (let ticket = 0; ticket < memory.senders; ticket++) {
      const word = Atomics.load(words, memory.ticketAt(ticket)); // M17
      if ((word & TICKET_STATE) !== NOBODY) return NONE;
      lives = (lives + (word >>> 2)) & 0x7f_ff_ff_ff;
    }
    return lives;
  }
}
