// Wake-ups between real threads.

import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { unpark } from '@concurrency-lab/atomics';
import { parkAsync } from '@concurrency-lab/atomics';
import {
  blockOn,
  type Context,
  Executor,
  Future,
  Pending,
  type Poll,
  SharedWaker,
  shareWaker,
  type WakerHandle,
} from '../src/index.ts';
import { workersBeside } from '../../../vitest.threads.ts';

const startWorker = workersBeside(import.meta.url);

function words(length = 8): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

/** Reads the numbers that a worker writes, one for each wake-up, and answers each. */
class Numbers extends Future<number> {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #last: number;
  #next = 1;
  #sum = 0;

  constructor(shared: Int32Array<SharedArrayBuffer>, last: number) {
    super();
    this.#words = shared;
    this.#last = last;
  }

  override poll(): Poll<number> {
    if (Atomics.load(this.#words, 0) < this.#next) return Pending;
    expect(this.#words[1]).toBe(this.#next * 7);
    this.#sum += this.#next;
    Atomics.store(this.#words, 2, this.#next);
    unpark(this.#words, 2);
    return this.#next++ === this.#last ? this.#sum : Pending;
  }
}

/** Shares its task's waker, starts a worker with it, and waits for the numbers. */
class Woken extends Future<number> {
  readonly #numbers: Numbers;
  readonly #start: (handle: WakerHandle) => void;
  #shared: ReturnType<typeof shareWaker> | undefined;

  constructor(numbers: Numbers, start: (handle: WakerHandle) => void) {
    super();
    this.#numbers = numbers;
    this.#start = start;
  }

  override poll(cx: Context): Poll<number> {
    if (this.#shared === undefined) {
      this.#shared = shareWaker(cx.waker);
      this.#start(this.#shared.handle);
    }
    const polled = this.#numbers.poll();
    if (polled !== Pending) this.drop();
    return polled;
  }

  override drop(): void {
    this.#shared?.[Symbol.dispose]();
  }
}

describe('a task is woken by another thread', () => {
  it('on the event loop, five thousand times', async () => {
    const shared = words();
    let result!: Promise<string>;
    const start = (handle: WakerHandle): void => {
      ({ result } = startWorker<string>('wake', { words: shared, handle, from: 1, to: 5000 }));
    };
    expect(await new Executor().spawn(new Woken(new Numbers(shared, 5000), start))).toBe((5000 * 5001) / 2);
    expect(await result).toBe('done');
  });

  it('while blockOn blocks this one, five thousand times', async () => {
    const shared = words();
    let result!: Promise<string>;
    const start = (handle: WakerHandle): void => {
      ({ result } = startWorker<string>('wake', { words: shared, handle, from: 1, to: 5000 }));
    };
    expect(blockOn(new Woken(new Numbers(shared, 5000), start))).toBe((5000 * 5001) / 2);
    expect(await result).toBe('done');
  });

  it('that has no event loop, and whose timers go on', async () => {
    const shared = words();
    const worker = new Worker(new URL('workers/no-event-loop.mjs', import.meta.url), {
      workerData: { words: shared },
      execArgv: [],
    });
    const ended = once(worker, 'exit'); // it may come together with the last message
    const [inbox] = (await once(worker, 'message')) as [WakerHandle];
    let expected = 0;
    for (let n = 1, shares = 0; n <= 500; n++) {
      for (; Atomics.load(shared, 5) === shares; await parkAsync(shared, 5, shares));
      shares = Atomics.load(shared, 5);
      const handle = { ...inbox, slot: Atomics.load(shared, 3), generation: Atomics.load(shared, 4) };
      expected += n;
      Atomics.store(shared, 0, n);
      SharedWaker.from(handle).wake();
      while (Atomics.load(shared, 1) !== n * 3) await parkAsync(shared, 1, (n - 1) * 3);
    }
    const handle = { ...inbox, slot: Atomics.load(shared, 3), generation: Atomics.load(shared, 4) };
    const message = once(worker, 'message');
    Atomics.store(shared, 0, -1);
    SharedWaker.from(handle).wake();
    const [report] = (await message) as [{ sum: number; blinks: number; live: number }];
    expect(report.sum).toBe(expected);
    expect(report.blinks).toBeGreaterThan(0);
    await ended;
  });
});
