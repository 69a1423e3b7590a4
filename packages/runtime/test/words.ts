// Words that tests share with workers.

import { parkAsync } from '@concurrency-lab/atomics';

/** Waits until a word has a value that will do. */
export async function until(
  words: Int32Array<SharedArrayBuffer>,
  word: number,
  isIt: (value: number) => boolean,
): Promise<number> {
  for (;;) {
    const value = Atomics.load(words, word);
    if (isIt(value)) return value;
    await parkAsync(words, word, value);
  }
}
