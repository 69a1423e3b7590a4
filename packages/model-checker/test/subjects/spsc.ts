// Two rings of one producer and one consumer: one that reads the opposite index every time,
// one that keeps what it last saw of it. Slots are plain, indices count on for ever.

const HEAD = 0;
const TAIL = 1;
const SLOTS = 2;

/** Asks for the opposite index at every call. */
export class Ring {
  protected readonly words: Int32Array<SharedArrayBuffer>;
  protected readonly capacity: number;

  constructor(capacity: number, buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * (SLOTS + capacity))) {
    this.capacity = capacity;
    this.words = new Int32Array(buffer);
  }

  push(value: number): boolean {
    const { words, capacity } = this;
    const tail = words[TAIL]!; // its own: nobody else writes it
    if (tail - Atomics.load(words, HEAD) === capacity) return false;
    words[SLOTS + (tail % capacity)] = value;
    Atomics.store(words, TAIL, tail + 1);
    return true;
  }

  pop(): number | undefined {
    const { words, capacity } = this;
    const head = words[HEAD]!;
    if (Atomics.load(words, TAIL) === head) return undefined;
    const value = words[SLOTS + (head % capacity)]!;
    Atomics.store(words, HEAD, head + 1);
    return value;
  }
}

/** The producer's side of a ring that asks for the head only when the ring seems full. */
export class CachedProducer {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #capacity: number;
  #tail = 0;
  #head = 0;

  constructor(buffer: SharedArrayBuffer, capacity: number) {
    this.#words = new Int32Array(buffer);
    this.#capacity = capacity;
  }

  push(value: number): boolean {
    if (this.#tail - this.#head === this.#capacity) {
      this.#head = Atomics.load(this.#words, HEAD);
      if (this.#tail - this.#head === this.#capacity) return false;
    }
    this.#words[SLOTS + (this.#tail % this.#capacity)] = value;
    this.#tail++;
    Atomics.store(this.#words, TAIL, this.#tail);
    return true;
  }
}

/** The consumer's side, likewise. */
export class CachedConsumer {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #capacity: number;
  #head = 0;
  #tail = 0;

  constructor(buffer: SharedArrayBuffer, capacity: number) {
    this.#words = new Int32Array(buffer);
    this.#capacity = capacity;
  }

  pop(): number | undefined {
    if (this.#head === this.#tail) {
      this.#tail = Atomics.load(this.#words, TAIL);
      if (this.#head === this.#tail) return undefined;
    }
    const value = this.#words[SLOTS + (this.#head % this.#capacity)]!;
    this.#head++;
    Atomics.store(this.#words, HEAD, this.#head);
    return value;
  }
}
