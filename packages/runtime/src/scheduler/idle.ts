// Who has nothing to do. Each worker has two bits: parked, it sleeps or is about to, and must
// be woken; searching, it looks for tasks in the queues of others. Neither: it runs tasks.
//
//   running --1 search--> searching --2 found--> running
//   running, searching --3 park--> parked --4 woken, by the waker--> searching
//                                  parked --5 stays awake, by itself--> searching
//
// No wake-up is lost:
// - who pushes a task looks at the set afterwards, and wakes a parked worker unless one searches;
// - a worker that parks looks at all queues afterwards: it finds what was pushed by those who
//   saw it search, or saw nobody parked;
// - the last one to stop searching because it found a task wakes another, since there may be more.
// At most half of the workers search at a time; and while one searches, nobody wakes more.
//
// Edge 4 moves both bits in one step, so a worker that was woken counts as searching at once.
//
// A worker whose tasks wait in its event loop may be busy with one of them at any moment, so
// it must not count as the one that was woken. It listens: where nobody searches and nobody is
// parked, all who listen are rung, and whoever has time looks for the task.
//
// Source: the idle state of Tokio's multi-thread scheduler, after Go's.

import { NONE, type RuntimeMemory, WORKERS_PER_WORD } from './memory.ts';

const PARKED = (1 << WORKERS_PER_WORD) - 1;

/** Is what a worker is about: the states above, and `listening`. */
export type WorkerActivity = 'running' | 'searching' | 'parked' | 'listening';

/** Is the set of idle workers; `worker` counts from 0. */
export class IdleSet {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #at: number;
  readonly #length: number;
  readonly #mostSearching: number;
  readonly #listening: number;

  constructor(memory: RuntimeMemory) {
    const workers = memory.lanes - 1;
    this.#words = memory.words;
    this.#at = memory.idleAt;
    this.#listening = memory.listeningAt;
    this.#length = Math.ceil(workers / WORKERS_PER_WORD);
    this.#mostSearching = Math.ceil(workers / 2);
  }

  /** Begins to search, unless enough workers do. Edge 1. */
  trySearch(worker: number): boolean {
    let searching = 0;
    for (let i = 0; i < this.#length; i++) {
      // ORDERING(I1): after the push (Q2, X1), in the total order, where a task was pushed.
      searching += countBits(Atomics.load(this.#words, this.#at + i) >>> WORKERS_PER_WORD);
    }
    if (searching >= this.#mostSearching) return false;
    // ORDERING(I2): changes the bits of one worker, and loses no change of others. Before the looks at queues.
    Atomics.or(this.#words, this.#word(worker), searchingBit(worker));
    return true;
  }

  /** Ends a search that found a task; tells whether nobody searches any more. Edge 2. */
  endSearch(worker: number): boolean {
    const bit = searchingBit(worker);
    const word = this.#word(worker);
    // ORDERING(I3): of those who end their search at once, the last one learns that it is.
    const left = Atomics.and(this.#words, word, ~bit) & ~bit;
    if (left >>> WORKERS_PER_WORD !== 0) return false;
    for (let i = 0; i < this.#length; i++) {
      if (this.#at + i !== word && Atomics.load(this.#words, this.#at + i) >>> WORKERS_PER_WORD !== 0) return false; // I1
    }
    return true;
  }

  /** Parks: look for tasks once more before sleeping. Edge 3. */
  park(worker: number): void {
    const word = this.#word(worker);
    // ORDERING(I4): before the last look at the queues (Q1, X3), in the total order.
    if ((Atomics.load(this.#words, word) & searchingBit(worker)) !== 0) {
      // I1
      Atomics.sub(this.#words, word, (searchingBit(worker) - parkedBit(worker)) | 0); // I4
    } else Atomics.or(this.#words, word, parkedBit(worker)); // I4
  }

  /** Stays or is awake: searches from now on, whether this call or a waker has made it so. Edges 4 and 5. */
  unpark(worker: number): void {
    const word = this.#word(worker);
    let seen = Atomics.load(this.#words, word); // I1
    while ((seen & parkedBit(worker)) !== 0) {
      const next = (seen & ~parkedBit(worker)) | searchingBit(worker);
      // ORDERING(I5): either this worker or a waker moves the bits.
      const before = Atomics.compareExchange(this.#words, word, seen, next);
      if (before === seen) return;
      seen = before;
    }
  }

  /** Chooses a worker to be woken, if one is parked and none searches; ring its bell. NONE otherwise. Edge 4. */
  wakeOne(): number {
    for (let i = 0; i < this.#length; i++) {
      if (Atomics.load(this.#words, this.#at + i) >>> WORKERS_PER_WORD !== 0) return NONE; // I1
    }
    for (let i = 0; i < this.#length; i++) {
      let seen = Atomics.load(this.#words, this.#at + i); // I1
      while ((seen & PARKED) !== 0) {
        if (seen >>> WORKERS_PER_WORD !== 0) return NONE;
        const bit = seen & PARKED & -(seen & PARKED);
        const next = (seen & ~bit) | (bit << WORKERS_PER_WORD);
        const before = Atomics.compareExchange(this.#words, this.#at + i, seen, next); // I5
        if (before === seen) return i * WORKERS_PER_WORD + (31 - Math.clz32(bit));
        seen = before;
      }
    }
    return NONE;
  }

  /** Listens: look for tasks once more before waiting. */
  listen(worker: number): void {
    // ORDERING(I6): as I4.
    Atomics.or(this.#words, this.#listening + (worker >> 5), 1 << (worker & 31));
  }

  /** Listens no more. */
  stopListening(worker: number): void {
    Atomics.and(this.#words, this.#listening + (worker >> 5), ~(1 << (worker & 31))); // I6
  }

  /** Calls `visit` for each worker that listens, unless one searches. */
  visitListeners(visit: (worker: number) => void): void {
    for (let i = 0; i < this.#length; i++) {
      if (Atomics.load(this.#words, this.#at + i) >>> WORKERS_PER_WORD !== 0) return; // I1
    }
    for (let i = 0; i * 2 < this.#length; i++) {
      // ORDERING(I7): after the push (Q2, X1), in the total order.
      for (let bits = Atomics.load(this.#words, this.#listening + i); bits !== 0; bits &= bits - 1) {
        visit(i * 32 + (31 - Math.clz32(bits & -bits)));
      }
    }
  }

  /** Forgets a worker that is lost. */
  clear(worker: number): void {
    this.stopListening(worker);
    Atomics.and(this.#words, this.#word(worker), ~(parkedBit(worker) | searchingBit(worker))); // I3
  }

  /** Tells what a worker is about. */
  look(worker: number): WorkerActivity {
    const bits = Atomics.load(this.#words, this.#word(worker)); // I1
    if ((bits & searchingBit(worker)) !== 0) return 'searching';
    if ((bits & parkedBit(worker)) !== 0) return 'parked';
    const listening = Atomics.load(this.#words, this.#listening + (worker >> 5)); // I7
    return ((listening >>> (worker & 31)) & 1) === 0 ? 'running' : 'listening';
  }

  #word(worker: number): number {
    return this.#at + Math.floor(worker / WORKERS_PER_WORD);
  }
}

function parkedBit(worker: number): number {
  return 1 << (worker % WORKERS_PER_WORD);
}

function searchingBit(worker: number): number {
  return 1 << ((worker % WORKERS_PER_WORD) + WORKERS_PER_WORD);
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
