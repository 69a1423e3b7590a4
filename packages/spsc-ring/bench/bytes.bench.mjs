// Messages of 64 bytes from this thread to another: `node bench/bytes.bench.mjs [runs]`.
//
// Against `postMessage` of the same bytes, interleaved with it, medians of the runs. The other
// thread looks at every message and answers with a checksum, so that the work is known to be done.
// With each run stands a calibration: the round trip of one word between the two threads, which
// says how far apart the cores are.

import { Worker } from 'node:worker_threads';
import { AudioRing, ByteRing, OverwritingRing } from '@concurrency-lab/spsc-ring';

const RUNS = Number(process.argv[2] ?? 7);
const BYTES = 64;
const COUNT = 200_000;
const POSTED = 20_000;

const worker = new Worker(new URL('workers/bytes.mjs', import.meta.url));
worker.on('error', (error) => {
  throw error;
});
const ask = (request) =>
  new Promise((resolve) => {
    worker.once('message', resolve);
    worker.postMessage(request);
  });

const message = new Uint8Array(BYTES);
/** Makes the message of a number, and returns its part of the checksum. */
function fill(number) {
  message[0] = number;
  message[BYTES - 1] = number >> 8;
  return message[0] + message[BYTES - 1];
}

/** Measures millions of messages a second, from the first that is sent to the answer. */
async function rate(count, kind, handle, send, close) {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const answer = ask({ kind, handle, words });
  while (Atomics.load(words, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
  const start = performance.now();
  let sum = 0;
  for (let number = 0; number < count; number++) {
    sum += fill(number);
    send(number);
  }
  close();
  const found = await answer;
  const milliseconds = performance.now() - start;
  if (found !== sum && kind !== 'overwriting') throw new Error(`${kind} does not work: ${found}, not ${sum}`);
  return count / milliseconds / 1000;
}

/** Spins until a push is accepted: what both threads do, while they are busy. */
function pushing(producer) {
  return () => {
    while (!producer.push(message));
  };
}

const CASES = {
  'postMessage of a Uint8Array': () =>
    rate(
      POSTED,
      'posted',
      undefined,
      () => worker.postMessage(message),
      () => worker.postMessage('end'),
    ),
  ByteRing: () => {
    const [producer, consumer] = ByteRing.create({ capacity: 65_536 });
    return rate(COUNT, 'popped', consumer.handle, pushing(producer), () => producer.close());
  },
  'ByteRing, send and receive': () => {
    const [producer, consumer] = ByteRing.create({ capacity: 65_536 });
    return rate(
      COUNT,
      'received',
      consumer.handle,
      () => producer.send(message),
      () => producer.close(),
    );
  },
  'ByteRing, published lazily': () => {
    const [producer, consumer] = ByteRing.create({ capacity: 65_536, publishEvery: 'lazy' });
    return rate(COUNT, 'popped', consumer.handle, pushing(producer), () => producer.close());
  },
  'ByteRing, in place': () => {
    const [producer, consumer] = ByteRing.create({ capacity: 65_536 });
    const send = () => {
      let room = producer.reserve(BYTES);
      while (room === undefined) room = producer.reserve(BYTES);
      room[0] = message[0];
      room[BYTES - 1] = message[BYTES - 1];
      producer.commit();
    };
    return rate(COUNT, 'read', consumer.handle, send, () => producer.close());
  },
  'OverwritingRing (the producer; the consumer misses what it may)': () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 1024, maxMessageBytes: BYTES });
    return rate(
      COUNT,
      'overwriting',
      consumer.handle,
      () => producer.push(message),
      () => producer.close(),
    );
  },
};

/** Measures the round trip of one word between the threads, in nanoseconds. */
async function calibrate() {
  const words = new Int32Array(new SharedArrayBuffer(256));
  const rounds = 20_000;
  const answer = ask({ kind: 'ping', words, rounds });
  while (Atomics.load(words, 32) === 0);
  const start = performance.now();
  for (let round = 1; round <= rounds; round++) {
    Atomics.store(words, 0, round);
    while (Atomics.load(words, 16) !== round);
  }
  const nanoseconds = ((performance.now() - start) / rounds) * 1e6;
  await answer;
  return nanoseconds;
}

/** Measures a block of 128 frames of two channels, in and out on one thread, in nanoseconds. */
function audioBlock() {
  const [producer, consumer] = AudioRing.create({ channels: 2, frames: 4096 });
  const block = [new Float32Array(128), new Float32Array(128)];
  const rounds = 100_000;
  let played = 0;
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    producer.record(block);
    played += consumer.play(block);
  }
  if (played !== 128 * rounds) throw new Error('the audio ring does not work');
  return ((performance.now() - start) / rounds) * 1e6;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const names = Object.keys(CASES);
const rates = new Map(names.map((name) => [name, []]));
const ratios = new Map(names.map((name) => [name, []]));
const pings = [];
for (let run = -1; run < RUNS; run++) {
  const ping = await calibrate();
  let posted = 0;
  for (const name of names) {
    const found = await CASES[name]();
    if (name === names[0]) posted = found;
    if (run < 0) continue; // warms up
    rates.get(name).push(found);
    ratios.get(name).push(found / posted);
  }
  if (run >= 0) pings.push(ping);
}
audioBlock();
console.log(
  `Node ${process.versions.node}, ${RUNS} runs; round trip of a word ${pings.map((ping) => ping.toFixed(0)).join(', ')} ns`,
);
console.table(
  names.map((name) => ({
    '64 bytes by': name,
    'M messages/s': median(rates.get(name)).toFixed(2),
    'times postMessage': median(ratios.get(name)).toFixed(1),
    least: Math.min(...ratios.get(name)).toFixed(1),
  })),
);
console.log(`AudioRing: 128 frames of 2 channels in and out on one thread: ${audioBlock().toFixed(0)} ns`);
await worker.terminate();
