// A task of a page, woken by a worker.

import { type Context, Executor, Future, Pending, type Poll, shareWaker } from '@concurrency-lab/mini-exec';
import { expect, it } from 'vitest';
import type { Request } from './mini-exec-worker.ts';

const LAST = 500;

/** Takes the numbers that a worker writes, answers each, and is ready with their sum. */
class Numbers extends Future<number> {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #start: (cx: Context) => Disposable;
  #shared: Disposable | undefined;
  #seen = 0;
  #sum = 0;

  constructor(words: Int32Array<SharedArrayBuffer>, start: (cx: Context) => Disposable) {
    super();
    this.#words = words;
    this.#start = start;
  }

  override poll(cx: Context): Poll<number> {
    this.#shared ??= this.#start(cx);
    if (Atomics.load(this.#words, 0) === this.#seen) return Pending;
    expect(this.#words[1]).toBe(++this.#seen * 7);
    this.#sum += this.#seen;
    Atomics.store(this.#words, 2, this.#seen);
    Atomics.notify(this.#words, 2);
    if (this.#seen < LAST) return Pending;
    this.#shared[Symbol.dispose]();
    return this.#sum;
  }
}

it('a worker wakes a task of the page, hundreds of times', async () => {
  const words = new Int32Array(new SharedArrayBuffer(12));
  const worker = new Worker(new URL('mini-exec-worker.ts', import.meta.url), { type: 'module' });
  const done = new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
  });
  const start = (cx: Context): Disposable => {
    const shared = shareWaker(cx.waker);
    const request: Request = { words, waker: shared.handle, last: LAST };
    worker.postMessage(request);
    return shared;
  };
  try {
    expect(await new Executor().spawn(new Numbers(words, start))).toBe((LAST * (LAST + 1)) / 2);
    expect(await done).toBe('done');
  } finally {
    worker.terminate();
  }
});
