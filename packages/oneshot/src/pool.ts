// Where channels get their slots: the chunk of an arena, and more chunks of the same size where
// it may grow. A chunk that one thread adds is known to others only through the handles of
// halves that live in it, which name their memory in full; so growing needs no agreement.
//
// Slots are found by looking on from the last one taken. There is no list of free slots: a
// thread that stops in the middle of a list operation would leave it broken, and lists need
// counts against ABA. The state word that ends a life is all it takes to free a slot.

import { requireInteger } from '@concurrency-lab/atomics';
import { Chunk } from './chunk.ts';
import { ExhaustedError } from './errors.ts';
import { Slot } from './slot.ts';
import { GENERATION } from './states.ts';

/** Holds the options of an arena that each thread chooses for itself. */
export interface ArenaOptions {
  /**
   * How many slots this thread may have in all, by adding memory; as many as `slots` where not
   * given. What is added is a buffer of its own: a handle travels in a value only between halves
   * in the same buffer, so an arena whose values carry handles should not grow.
   */
  readonly maxSlots?: number | undefined;
  /**
   * How many rounds a blocking receive spins at most before it sleeps, 0 to 100; 40, where not
   * given. Rounds grow from 30 ns to 2 µs; 40 are about 80 µs. While spinning is in vain, as on one
   * core, all but a few waits sleep at once.
   */
  readonly spins?: number | undefined;
}

/** Checks a count of rounds. */
export function requireSpins(spins: number | undefined): number {
  return requireInteger('spins', spins ?? 40, 0, 100);
}

/** Allocates slots for the channels of one thread. */
export class Pool {
  readonly first: Chunk;
  readonly spins: number;
  readonly #chunks: Chunk[];
  readonly #maxSlots: number;
  #chunk = 0;
  #next = 0;

  constructor(first: Chunk, options: ArenaOptions) {
    this.first = first;
    this.spins = requireSpins(options.spins);
    this.#chunks = [first];
    this.#maxSlots = requireInteger('maxSlots', options.maxSlots ?? first.slots, first.slots, 2 ** 31 - 1);
  }

  /**
   * Takes a free slot for a channel with the given halves.
   *
   * @throws {ExhaustedError} where there is none, and no more may be added
   */
  allocate(halves: number): Slot {
    const { length } = this.#chunks;
    for (let tried = 0; tried < length; tried++) {
      const chunk = this.#chunks[this.#chunk]!;
      for (let looked = 0; looked < chunk.slots; looked++) {
        const index = this.#next;
        this.#next = index + 1 === chunk.slots ? 0 : index + 1;
        const slot = Slot.allocate(chunk, index, halves);
        if (slot !== undefined) return slot;
      }
      this.#chunk = (this.#chunk + 1) % length;
      this.#next = 0;
    }
    this.#grow(length);
    return this.allocate(halves);
  }

  #grow(chunks: number): void {
    const { slots, capacity } = this.first;
    if ((chunks + 1) * slots > this.#maxSlots) {
      throw new ExhaustedError(
        `all ${chunks * slots} slots of this arena are taken; close or receive from channels that are no ` +
          `longer needed, or create the arena with more slots or a greater maxSlots`,
      );
    }
    this.#chunks.push(Chunk.create({ slots, bytesPerSlot: capacity }));
    this.#chunk = chunks;
    this.#next = 0;
  }

  /** Counts the free slots, as far as one can while others take and free them. */
  get freeSlots(): number {
    let free = 0;
    for (const chunk of this.#chunks) {
      for (let index = 0; index < chunk.slots; index++) {
        // ORDERING(A3): counts; synchronises with nothing that is relied on.
        if ((Atomics.load(chunk.words, chunk.stateOf(index)) & ~GENERATION) === 0) free++;
      }
    }
    return free;
  }
}
