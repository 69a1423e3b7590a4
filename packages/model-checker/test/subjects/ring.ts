// A ring of integers for one producer and one consumer, and three that are wrong.

const HEAD = 0;
const TAIL = 1;
const SLOTS = 2;

/** The capacity is a power of two. HEAD counts what was popped, TAIL what was pushed. */
export class Ring {
  protected readonly words: Int32Array<SharedArrayBuffer>;
  protected readonly mask: number;

  constructor(capacity: number) {
    this.words = new Int32Array(new SharedArrayBuffer((SLOTS + capacity) * 4));
    this.mask = capacity - 1;
  }

  push(value: number): boolean {
    const tail = Atomics.load(this.words, TAIL);
    // ORDERING(R1): observes R4: the consumer is done with the slot.
    if (tail - Atomics.load(this.words, HEAD) > this.mask) return false;
    // Plain, published by R2.
    this.words[SLOTS + (tail & this.mask)] = value;
    // ORDERING(R2): publishes the slot to R3.
    Atomics.store(this.words, TAIL, tail + 1);
    return true;
  }

  pop(): number | undefined {
    const head = Atomics.load(this.words, HEAD);
    // ORDERING(R3): observes R2.
    if (Atomics.load(this.words, TAIL) === head) return undefined;
    const value = this.words[SLOTS + (head & this.mask)];
    // ORDERING(R4): gives the slot back to R1.
    Atomics.store(this.words, HEAD, head + 1);
    return value;
  }

  /** Exact on the consumer's thread and on the producer's; elsewhere only in between. */
  size(): number {
    const head = Atomics.load(this.words, HEAD);
    return Atomics.load(this.words, TAIL) - head;
  }
}

/** Publishes the slot before it is written. */
export class EarlyRing extends Ring {
  override push(value: number): boolean {
    const tail = Atomics.load(this.words, TAIL);
    if (tail - Atomics.load(this.words, HEAD) > this.mask) return false;
    Atomics.store(this.words, TAIL, tail + 1);
    this.words[SLOTS + (tail & this.mask)] = value;
    return true;
  }
}

/** As EarlyRing, with atomic slots: no race to notice. */
export class EarlyAtomicRing extends Ring {
  override push(value: number): boolean {
    const tail = Atomics.load(this.words, TAIL);
    if (tail - Atomics.load(this.words, HEAD) > this.mask) return false;
    Atomics.store(this.words, TAIL, tail + 1);
    Atomics.store(this.words, SLOTS + (tail & this.mask), value);
    return true;
  }

  override pop(): number | undefined {
    const head = Atomics.load(this.words, HEAD);
    if (Atomics.load(this.words, TAIL) === head) return undefined;
    const value = Atomics.load(this.words, SLOTS + (head & this.mask));
    Atomics.store(this.words, HEAD, head + 1);
    return value;
  }
}

/** Takes one more than fits. */
export class OverfullRing extends Ring {
  override push(value: number): boolean {
    const tail = Atomics.load(this.words, TAIL);
    if (tail - Atomics.load(this.words, HEAD) > this.mask + 1) return false;
    this.words[SLOTS + (tail & this.mask)] = value;
    Atomics.store(this.words, TAIL, tail + 1);
    return true;
  }
}
