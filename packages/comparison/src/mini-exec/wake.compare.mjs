// Another thread wakes this one, which waits in its event loop: the time from just before the
// call until the task runs.

import { Worker } from 'node:worker_threads';

const worker = new URL('workers/wake.mjs', import.meta.url);

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'a wake-up from another thread to this one’s event loop',
  unit: 'µs',
  reference: 'Atomics.waitAsync',
  threads: 2,
  block: 100,
  chart: 'latency',
  subjects: {
    'Atomics.waitAsync': {
      setup() {
        const words = new Int32Array(new SharedArrayBuffer(64));
        return subject(words, undefined, async (n) => {
          while (Atomics.load(words, 0) !== n) await Atomics.waitAsync(words, 0, n - 1).value;
        });
      },
    },
    'mini-exec': {
      package: '@concurrency-lab/mini-exec',
      async setup() {
        const { Executor, Future, Pending, shareWaker } = await import('@concurrency-lab/mini-exec');
        const words = new Int32Array(new SharedArrayBuffer(64));
        const executor = new Executor();
        let woken = () => {};
        const shared = shareWaker({ wake: () => woken() });
        class Answer extends Future {
          #n;
          constructor(n) {
            super();
            this.#n = n;
          }
          poll(cx) {
            if (Atomics.load(words, 0) === this.#n) return this.#n;
            woken = () => cx.waker.wake();
            return Pending;
          }
        }
        const fixture = subject(words, shared.handle, (n) => executor.spawn(new Answer(n)));
        return {
          ...fixture,
          async close() {
            shared[Symbol.dispose]();
            await fixture.close();
          },
        };
      },
    },
  },
};

/** Makes the fixture: asks the worker for a wake-up, waits for it, and reads when it was sent. */
function subject(words, handle, wait) {
  const sent = new Float64Array(new SharedArrayBuffer(8));
  const other = new Worker(worker, { workerData: { words, handle, sent } });
  let last = 0;
  const wakeUp = async () => {
    const n = ++last;
    Atomics.store(words, 1, n);
    Atomics.notify(words, 1);
    await wait(n);
    return performance.timeOrigin + performance.now() - sent[0];
  };
  return {
    async verify() {
      for (let i = 0; i < 20; i++) await wakeUp();
      if (Atomics.load(words, 0) !== 20) throw new Error('the worker did not answer');
    },
    async run(operations) {
      const latencies = new Float64Array(operations);
      let milliseconds = 0;
      for (let i = 0; i < operations; i++) {
        const took = await wakeUp();
        latencies[i] = took * 1e6;
        milliseconds += took;
      }
      return { latencies, milliseconds };
    },
    close: () => other.terminate(),
  };
}
