// Uses the installed package as a program would, with real threads, on whatever runtime runs
// this file. Prints what ran, as one line of JSON; exits with 1 at any surprise.

import { Worker } from 'node:worker_threads';
import { Consumer, Producer, SpscRing } from '@concurrency-lab/spsc-ring';
import { check, report } from './support/report.mjs';

const PATIENCE = { timeout: 20_000 };
const failures = [];

/** Starts the thread that sends the numbers from 1 to `count`, in the way it is told, and closes the ring. */
function start(handle, count, way) {
  const worker = new Worker(new URL('workers/spsc-ring.mjs', import.meta.url), { workerData: { handle, count, way } });
  const ended = new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  ended.catch((error) => failures.push(error));
  return { worker, ended };
}

/** Takes numbers that count up from `first` until the ring ends; gives the last. */
async function takeAll(take, first = 1) {
  let next = first;
  try {
    for (;;) {
      for (const item of await take()) {
        check(item === next, `${next} came as ${item}`);
        next++;
      }
    }
  } catch (error) {
    if (error.code !== 'ERR_CLOSED') throw error;
  }
  return next - 1;
}

// Spinning, parking and not blocking, single numbers and blocks, on rings that wrap all the time.
const into = new Float64Array(100);
const receive = (consumer) => () => [consumer.receive(PATIENCE)];
const receiveMany = (consumer) => () => into.subarray(0, consumer.receiveMany(into, PATIENCE));
const receiveAsync = (consumer) => async () => [await consumer.receiveAsync(PATIENCE)];
const ways = [
  { way: 'push', count: 200_000, options: { capacity: 1000 }, taking: receive },
  { way: 'push', count: 200_000, options: { capacity: 64, publishEvery: 'lazy' }, taking: receive },
  { way: 'sendMany', count: 200_000, options: { capacity: 77 }, taking: receiveMany },
  { way: 'send', count: 2000, options: { capacity: 1, spins: 0 }, taking: receive },
  { way: 'sendAsync', count: 2000, options: { capacity: 3 }, taking: receiveAsync },
  { way: 'send', count: 2000, options: { capacity: 8, realtime: true }, taking: receive },
];
for (const { way, count, options, taking } of ways) {
  const [producer, consumer] = SpscRing.create({ kind: 'float64', ...options });
  const { worker, ended } = start(producer.handle, count, way);
  check((await takeAll(taking(consumer))) === count, `${count} numbers by ${way}`);
  check((await ended) === 'sent', 'the worker ended');
  await worker.terminate();
}

// A producer is terminated in the middle: what came is whole, and the next producer goes on.
// Not on Deno, where a thread that runs no event goes on after `terminate()` and its `exit` event.
if (process.versions.deno === undefined) {
  const [lost, rest] = SpscRing.create({ kind: 'float64', capacity: 100 });
  const victim = start(lost.handle, Infinity, 'push');
  let last = 0;
  for (const until = performance.now() + PATIENCE.timeout; last < 10_000 && performance.now() < until;) {
    const item = rest.pop();
    if (item !== undefined) check(item === ++last, `${last} came as ${item}`);
  }
  check(last === 10_000, 'numbers came');
  await victim.worker.terminate();
  const successor = Producer.from(lost.handle, { takeOver: true });
  for (let left = rest.size; left > 0; left--) check(rest.pop() === ++last, 'what was published is whole');
  successor.push(-1);
  successor.close();
  check(rest.pop() === -1 && rest.isClosed, 'the successor goes on');
}

// A side belongs to one.
const [, taken] = SpscRing.create({ kind: 'int8', capacity: 1 });
Consumer.from(taken.handle);
let code;
try {
  taken.pop();
} catch (error) {
  code = error.code;
}
check(code === 'ERR_SIDE_TAKEN', 'a side belongs to one');
check(failures.length === 0, String(failures[0]));

report();
process.exit(0);
