// There and back between two threads, a fresh channel each way. The channels are made and
// opened before the clock runs. Asleep, each side sleeps until the other has sent; awake, both
// spin.

import { MessageChannel, Worker } from 'node:worker_threads';

const TRIPS = 1000;

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'round trip between two threads',
  unit: 'k/s',
  reference: 'bare Atomics.wait',
  threads: 2,
  operations: TRIPS,
  chart: 'bars',
  subjects: {
    'bare Atomics.wait': {
      async setup() {
        const { worker, ask } = await start();
        const words = new Int32Array(new SharedArrayBuffer(256));
        return trips(worker, async (count) => {
          words.fill(0);
          await ask({ words, count });
          return (i) => {
            Atomics.store(words, 0, i + 1);
            Atomics.notify(words, 0);
            while (Atomics.load(words, 32) !== i + 1) Atomics.wait(words, 32, i);
            return i;
          };
        });
      },
    },
    'oneshot, asleep': { package: '@concurrency-lab/oneshot', setup: () => channels(0) },
    'oneshot, awake': { package: '@concurrency-lab/oneshot', setup: () => channels(100) },
    MessageChannel: {
      async setup() {
        const { worker, ask } = await start();
        const { port1, port2 } = new MessageChannel();
        await ask({ port: port2 }, [port2]);
        const close = () => {
          port1.close();
          return worker.terminate();
        };
        return trips(
          { terminate: close },
          async () => (i) =>
            new Promise((resolve) => {
              port1.once('message', resolve);
              port1.postMessage(i);
            }),
        );
      },
    },
  },
};

async function channels(spins) {
  const { OneshotArena } = await import('@concurrency-lab/oneshot');
  const { worker, ask } = await start();
  return trips(worker, async (count) => {
    const arena = OneshotArena.create({ slots: 2 * count, bytesPerSlot: 8, spins });
    const there = Array.from({ length: count }, () => arena.channel());
    const back = Array.from({ length: count }, () => arena.channel());
    const receivers = there.map(([, receiver]) => receiver.handle);
    await ask({ spins, receivers, senders: back.map(([sender]) => sender.handle) });
    return (i) => {
      there[i][0].send(i);
      return back[i][1].receive();
    };
  });
}

/** Starts the worker, which says when it is ready for what it was asked. */
async function start() {
  const worker = new Worker(new URL('workers/echo.mjs', import.meta.url));
  const ask = async (question, transferred = []) => {
    const ready = new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    worker.postMessage(question, transferred);
    await ready;
  };
  return { worker, ask };
}

/** Times round trips only, not their preparation. */
function trips(worker, prepare) {
  const run = async (operations) => {
    const trip = await prepare(operations);
    const begin = performance.now();
    for (let i = 0; i < operations; i++) {
      let answer = trip(i);
      if (typeof answer === 'object') answer = await answer;
      if (answer !== i) throw new Error(`${i} came back as ${answer}`);
    }
    return { operations, milliseconds: performance.now() - begin };
  };
  return { verify: async () => void (await run(100)), run, close: () => worker.terminate() };
}
