// Messages of 64 bytes from this thread to another, which looks at each and answers with a checksum.

import { Worker } from 'node:worker_threads';

const BYTES = 64;

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'messages of 64 bytes to another thread',
  unit: 'k/s',
  reference: 'postMessage of a Uint8Array',
  threads: 2,
  chart: 'bars',
  subjects: {
    'ByteRing, push and popInto, spinning': {
      package: '@concurrency-lab/spsc-ring',
      setup: () =>
        ring('popped', {}, (producer) => (message) => {
          while (!producer.push(message));
        }),
    },
    'ByteRing, the same, published lazily': {
      package: '@concurrency-lab/spsc-ring',
      setup: () =>
        ring('popped', { publishEvery: 'lazy' }, (producer) => (message) => {
          while (!producer.push(message));
        }),
    },
    'ByteRing, send and receive, parking': {
      package: '@concurrency-lab/spsc-ring',
      setup: () => ring('received', {}, (producer) => (message) => producer.send(message)),
    },
    'postMessage of a Uint8Array': {
      setup: () =>
        streaming(
          { what: 'posted' },
          (worker) => (message) => worker.postMessage(message),
          () => {},
        ),
    },
  },
};

async function ring(what, options, sender) {
  const { ByteRing } = await import('@concurrency-lab/spsc-ring');
  const [producer, consumer] = ByteRing.create({ capacity: 65_536, ...options });
  const send = sender(producer);
  return streaming(
    { what, handle: consumer.handle },
    () => send,
    () => producer.flush(),
  );
}

/** Sends as many messages as are asked for; done when the answer to all of them has come. */
function streaming(workerData, sender, flush) {
  const worker = new Worker(new URL('workers/bytes.mjs', import.meta.url), { workerData });
  const send = sender(worker);
  const message = new Uint8Array(BYTES);
  const run = async (operations) => {
    const answer = new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    worker.postMessage(operations);
    let sum = 0;
    for (let number = 0; number < operations; number++) {
      message[0] = number;
      message[BYTES - 1] = number >> 8;
      sum += message[0] + 3 * message[BYTES - 1];
      send(message);
    }
    flush();
    const found = await answer;
    worker.removeAllListeners('error');
    if (found !== sum) throw new Error(`the messages come to ${found}, not to ${sum}`);
  };
  return { verify: () => run(10_000), run, close: () => worker.terminate() };
}
