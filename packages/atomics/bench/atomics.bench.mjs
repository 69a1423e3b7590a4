// What each operation costs, on one thread and between two: `node bench/atomics.bench.mjs`.
//
// A task repeats its operation a thousand times, since one alone is shorter than the clock's
// step. Beside each operation stands the bare one of the engine that it is made of.

import { Worker } from 'node:worker_threads';
import { Backoff, CancelToken, park, parkAsync, unpark } from '@concurrency-lab/atomics';
import { Bench } from 'tinybench';
import { showRows } from '../../bench-gate/src/rows.mjs';

const TIMES = 1000;
const words = new Int32Array(new SharedArrayBuffer(64));
const token = CancelToken.create();

const repeat = (operation) => () => {
  for (let i = 0; i < TIMES; i++) operation();
};

// A single operation must work before it is timed.
if (park(words, 0, 1) !== 'not-equal' || token.isCancelled) throw new Error('the subject does not work');

const bench = new Bench({ time: 300, warmupTime: 100 });
let sink = 0;
bench
  .add(
    'Atomics.load',
    repeat(() => (sink += Atomics.load(words, 0))),
  )
  .add(
    'CancelToken.isCancelled',
    repeat(() => (sink += token.isCancelled ? 1 : 0)),
  )
  .add(
    'Atomics.wait, not equal',
    repeat(() => Atomics.wait(words, 0, 1)),
  )
  .add(
    'park, not equal',
    repeat(() => park(words, 0, 1)),
  )
  .add(
    'Atomics.notify, nobody waits',
    repeat(() => Atomics.notify(words, 0)),
  )
  .add(
    'unpark, nobody waits',
    repeat(() => unpark(words, 0)),
  )
  .add(
    'CancelToken.create',
    repeat(() => CancelToken.create()),
  )
  .add('a whole backoff', () => {
    for (const backoff = new Backoff(); !backoff.isCompleted; backoff.spin());
  });
await bench.run();

const rows = bench.tasks.map(({ name, result }) => ({
  operation: name,
  'median ns': ((result.latency.p50 * 1e6) / (name === 'a whole backoff' ? 1 : TIMES)).toFixed(1),
}));

const worker = new Worker(
  `const { workerData: { words, blocking } } = require('node:worker_threads');
   for (let seen = 0; ; ) {
     Atomics.wait(words, 0, seen);
     const value = Atomics.load(words, 0);
     if (value < 0) break;
     if (value === seen) continue;
     Atomics.store(words, 1, (seen = value));
     Atomics.notify(words, 1);
   }`,
  { eval: true, workerData: { words } },
);

/** Times round trips to the worker, which parks in between; `wait` returns when words[1] has changed. */
async function roundTrips(wait) {
  const times = [];
  for (let n = 0; n < 3000; n++) {
    const value = Atomics.load(words, 0) + 1;
    const begin = process.hrtime.bigint();
    Atomics.store(words, 0, value);
    Atomics.notify(words, 0);
    while (Atomics.load(words, 1) !== value) await wait(value - 1);
    times.push(Number(process.hrtime.bigint() - begin));
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1];
}

const ways = {
  'round trip, Atomics.wait': (seen) => void Atomics.wait(words, 1, seen),
  'round trip, park': (seen) => void park(words, 1, seen),
  'round trip, parkAsync': (seen) => parkAsync(words, 1, seen),
};
for (const [operation, wait] of Object.entries(ways)) {
  rows.push({ operation, 'median ns': (await roundTrips(wait)).toFixed(0) });
}
Atomics.store(words, 0, -1);
Atomics.notify(words, 0);
await new Promise((resolve) => worker.once('exit', resolve));
showRows('atomics', rows);
if (Number.isNaN(sink)) console.log(sink);
