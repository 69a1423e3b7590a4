// Whether a blocking receive spins before it sleeps: learned from the last times, by each thread
// for each memory. Spinning spares two switches of threads where the answer comes soon from
// another core, and is in vain where both threads share one, or the answer takes long. Each
// spinning in vain doubles the number of waits that then sleep at once, up to 256; each that
// sees its value halves it, and the next wait spins again.

const LONGEST = 8;

/** Counts how spinning has gone; private to a thread, and of no consequence for what is received. */
export class Patience {
  #misses = 0;
  #skips = 0;

  /** Tells whether this wait is to spin. */
  next(): boolean {
    if (this.#skips === 0) return true;
    this.#skips--;
    return false;
  }

  /** Notes that the value came while the thread was spinning. */
  hit(): void {
    if (this.#misses > 0) this.#misses--;
  }

  /** Notes that it did not. */
  miss(): void {
    this.#skips = 2 ** this.#misses;
    if (this.#misses < LONGEST) this.#misses++;
  }
}
