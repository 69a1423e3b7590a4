// Small concurrent objects, each with the mistake that its name tells.

type Words = Int32Array<SharedArrayBuffer>;

/** A ring of one producer and one consumer. Words: 0 is head, 1 is tail, then the slots. */
export class IndexBeforeDataRing {
  readonly #words: Words;
  readonly #capacity: number;

  constructor(buffer: SharedArrayBuffer, capacity: number) {
    this.#words = new Int32Array(buffer);
    this.#capacity = capacity;
  }

  push(value: number): boolean {
    const tail = Atomics.load(this.#words, 1);
    if (tail - Atomics.load(this.#words, 0) === this.#capacity) return false;
    Atomics.store(this.#words, 1, tail + 1);
    this.#words[2 + (tail % this.#capacity)] = value;
    return true;
  }

  pop(): number | undefined {
    const head = Atomics.load(this.#words, 0);
    if (head === Atomics.load(this.#words, 1)) return undefined;
    const value = this.#words[2 + (head % this.#capacity)]!;
    Atomics.store(this.#words, 0, head + 1);
    return value;
  }
}

/** The same with atomic slots, so that no race detector helps: what is popped is wrong. */
export class IndexBeforeAtomicDataRing extends IndexBeforeDataRing {
  readonly #slots: Words;
  readonly #length: number;

  constructor(buffer: SharedArrayBuffer, capacity: number) {
    super(buffer, capacity);
    this.#slots = new Int32Array(buffer);
    this.#length = capacity;
  }

  override push(value: number): boolean {
    const tail = Atomics.load(this.#slots, 1);
    if (tail - Atomics.load(this.#slots, 0) === this.#length) return false;
    Atomics.store(this.#slots, 1, tail + 1);
    Atomics.store(this.#slots, 2 + (tail % this.#length), value);
    return true;
  }

  override pop(): number | undefined {
    const head = Atomics.load(this.#slots, 0);
    if (head === Atomics.load(this.#slots, 1)) return undefined;
    const value = Atomics.load(this.#slots, 2 + (head % this.#length));
    Atomics.store(this.#slots, 0, head + 1);
    return value;
  }
}

/** A value sent once. Words: 0 is the flag, 1 the value. */
export class FlagBeforeValueOneshot {
  readonly #words: Words;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  send(value: number): void {
    Atomics.store(this.#words, 0, 1);
    this.#words[1] = value;
  }

  receive(): number {
    while (Atomics.load(this.#words, 0) === 0);
    return this.#words[1]!;
  }
}

/** A counter whose increments get lost. */
export class LostUpdateCounter {
  readonly #words: Words;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  increment(): void {
    Atomics.store(this.#words, 0, Atomics.load(this.#words, 0) + 1);
  }

  get value(): number {
    return Atomics.load(this.#words, 0);
  }
}

/** A lock for threads that sleep, as it should be: 0 is free, 1 locked, 2 locked and waited for. */
export class FutexMutex {
  readonly words: Words;
  readonly at: number;

  constructor(words: Words, at: number) {
    this.words = words;
    this.at = at;
  }

  lock(): void {
    if (Atomics.compareExchange(this.words, this.at, 0, 1) === 0) return;
    while (Atomics.exchange(this.words, this.at, 2) !== 0) Atomics.wait(this.words, this.at, 2);
  }

  unlock(): void {
    if (Atomics.exchange(this.words, this.at, 0) === 2) Atomics.notify(this.words, this.at, 1);
  }
}

/** One that tells no sleeper: it asks for waiters before it unlocks. */
export class ForgetfulMutex extends FutexMutex {
  override unlock(): void {
    const isWaitedFor = Atomics.load(this.words, this.at) === 2;
    Atomics.store(this.words, this.at, 0);
    if (isWaitedFor) Atomics.notify(this.words, this.at, 1);
  }
}
