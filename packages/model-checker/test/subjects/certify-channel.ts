// A one-shot channel that forgets to compare before it sleeps: its wake-up can be lost.

const EMPTY = 0;
const READY = 1;

/** Sends one value, the wrong way round: it notifies before it publishes. */
export function sendOnce(words: Int32Array<SharedArrayBuffer>, value: number): void {
  words[1] = value;
  Atomics.notify(words, 0);
  Atomics.compareExchange(words, 0, EMPTY, READY);
}

/** Receives the value. */
export function receiveOnce(words: Int32Array<SharedArrayBuffer>): number {
  while (Atomics.load(words, 0) === EMPTY) Atomics.wait(words, 0, EMPTY);
  return words[1]!;
}
