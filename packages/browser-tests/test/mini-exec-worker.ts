// Writes numbers for a task of the page, and wakes it after each.

import { SharedWaker, type WakerHandle } from '@concurrency-lab/mini-exec';

/** What the page sends: words to write into, and the waker of its task. */
export interface Request {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly waker: WakerHandle;
  readonly last: number;
}

addEventListener('message', ({ data: { words, waker, last } }: MessageEvent<Request>) => {
  const shared = SharedWaker.from(waker);
  for (let n = 1; n <= last; n++) {
    words[1] = n * 7; // plain: the wake-up publishes it
    Atomics.store(words, 0, n);
    shared.wake();
    while (Atomics.load(words, 2) !== n) Atomics.wait(words, 2, n - 1);
  }
  postMessage('done');
});
