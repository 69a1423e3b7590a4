// Times one lock for which threads contend, in a process of its own:
// `node bench/contended.mjs Mutex 2` prints millions of sections per second, the share of the
// thread that had the fewest divided by that of the one that had the most, and the round trip
// of a spinning ping-pong between two of the threads, by which runs can be compared: machines
// differ from minute to minute in how far apart their cores are.

import { Worker } from 'node:worker_threads';
import { locks } from './locks.mjs';

const [name, count, milliseconds = '300'] = process.argv.slice(2);
const threads = Number(count);
const lock = locks[name].create();
// gate: 0 prepare, 1 ping-pong, 2 warm up, 3 measure, 4 stop; then ready, ball, and the guarded count.
const control = new Int32Array(new SharedArrayBuffer(1024));
const workers = Array.from(
  { length: threads },
  (_, index) =>
    new Worker(new URL('contender.mjs', import.meta.url), {
      workerData: { name, index, control, lock: { buffer: lock.buffer, handle: lock.handle } },
    }),
);
const results = workers.map((worker) => new Promise((resolve) => worker.once('message', resolve)));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

while (Atomics.load(control, 32) < threads) await pause(1);
for (const [phase, ms] of [
  [1, 60],
  [2, 150],
  [3, Number(milliseconds)],
]) {
  Atomics.store(control, 0, phase);
  await pause(ms);
}
Atomics.store(control, 0, 4);
const answers = await Promise.all(results);
const total = answers.reduce((sum, { all }) => sum + all, 0);
if (control[96] !== total) throw new Error(`${control[96]} sections were counted, not ${total}`);
const measured = answers.map(({ sections, ms }) => sections / ms / 1000);
const rate = measured.reduce((sum, each) => sum + each, 0);
const fairness = Math.min(...measured) / Math.max(...measured);
console.log(JSON.stringify({ rate, fairness, pingPongNs: answers[0].pingPongNs }));
