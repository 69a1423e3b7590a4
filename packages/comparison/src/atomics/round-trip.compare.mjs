// A round trip between two threads that sleep in between: the time from waking the other until
// its answer has woken this one. On a core of its own the other thread wakes in tens of
// microseconds, on a shared one in a few: hence the distribution.

import { Worker } from 'node:worker_threads';

const worker = new URL('workers/round-trip.mjs', import.meta.url);

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'wake a sleeping thread, sleep until it answers',
  unit: 'µs',
  reference: 'postMessage',
  threads: 2,
  block: 100,
  chart: 'latency',
  subjects: {
    'park and unpark': {
      package: '@concurrency-lab/atomics',
      async setup() {
        const { park, unpark } = await import('@concurrency-lab/atomics');
        return overWords(
          (words, seen) => void park(words, 32, seen),
          (words) => void unpark(words, 0),
        );
      },
    },
    'parkAsync and unpark': {
      package: '@concurrency-lab/atomics',
      async setup() {
        const { parkAsync, unpark } = await import('@concurrency-lab/atomics');
        return overWords(
          (words, seen) => parkAsync(words, 32, seen),
          (words) => void unpark(words, 0),
        );
      },
    },
    'bare Atomics.wait and notify': {
      setup: () =>
        overWords(
          (words, seen) => void Atomics.wait(words, 32, seen),
          (words) => void Atomics.notify(words, 0),
        ),
    },
    postMessage: {
      async setup() {
        const other = new Worker(worker, { workerData: undefined });
        let answered = () => {};
        other.on('message', (value) => answered(value));
        let last = 0;
        const roundTrip = () =>
          new Promise((resolve, reject) => {
            const value = ++last;
            answered = (answer) =>
              answer === -value ? resolve() : reject(new Error(`${value} was answered by ${answer}`));
            other.postMessage(value);
          });
        return timing(roundTrip, () => other.terminate());
      },
    },
  },
};

/** A worker that answers a change of word 0 by storing the negative value in word 32. */
function overWords(wait, wake) {
  const words = new Int32Array(new SharedArrayBuffer(256));
  const other = new Worker(worker, { workerData: words });
  let last = 0;
  const roundTrip = async () => {
    const value = ++last;
    Atomics.store(words, 0, value);
    wake(words);
    // The answers of other waits are negative and of smaller size.
    for (;;) {
      const seen = Atomics.load(words, 32);
      if (seen === -value) return;
      await wait(words, seen);
    }
  };
  return timing(roundTrip, () => other.terminate());
}

function timing(roundTrip, close) {
  return {
    async verify() {
      for (let i = 0; i < 20; i++) await roundTrip();
    },
    async run(operations) {
      const latencies = new Float64Array(operations);
      for (let i = 0; i < operations; i++) {
        const begin = performance.now();
        await roundTrip();
        latencies[i] = (performance.now() - begin) * 1e6;
      }
      return { latencies };
    },
    close,
  };
}
