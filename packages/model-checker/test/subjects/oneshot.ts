// One value from one thread to another: a plain word, published by an atomic one.

const EMPTY = 0;
const WAITING = 1;
const SENT = 2;

export class Oneshot {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, 2);
  }

  send(value: number): void {
    const words = this.#words;
    words[1] = value;
    if (Atomics.exchange(words, 0, SENT) === WAITING) Atomics.notify(words, 0);
  }

  receive(): number {
    const words = this.#words;
    if (Atomics.compareExchange(words, 0, EMPTY, WAITING) === EMPTY) {
      while (Atomics.load(words, 0) === WAITING) Atomics.wait(words, 0, WAITING);
    }
    return words[1]!;
  }
}
