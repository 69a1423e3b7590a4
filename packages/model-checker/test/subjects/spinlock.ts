// A test-and-set lock, and one that forgets to be atomic.

export class SpinLock {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, 1);
  }

  lock(): void {
    while (Atomics.compareExchange(this.#words, 0, 0, 1) !== 0);
  }

  tryLock(): boolean {
    return Atomics.compareExchange(this.#words, 0, 0, 1) === 0;
  }

  unlock(): void {
    Atomics.store(this.#words, 0, 0);
  }
}

export class LoadThenStoreLock extends SpinLock {
  readonly #own: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    super(buffer);
    this.#own = new Int32Array(buffer, 0, 1);
  }

  override lock(): void {
    while (Atomics.load(this.#own, 0) !== 0);
    Atomics.store(this.#own, 0, 1);
  }
}
