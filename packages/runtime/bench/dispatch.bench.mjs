// How fast tasks are dispatched: many trivial tasks at once, one round trip at a time, and tasks
// that spawn tasks, on two workers. Prints medians of rounds.
//
//   node bench/dispatch.bench.mjs [rounds]

import { Runtime } from '@concurrency-lab/runtime';
import { add, fib } from '../test/tasks/arithmetic.mjs';

const rounds = Number(process.argv[2] ?? 20);
const TASKS = 10_000;
const TRIPS = 500;
const FIB = 16;
const FIB_TASKS = 3193; // calls of fib(16)

const shared = Runtime.builder().workerThreads(2).build();
/** @param {number[]} numbers */
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** @param {Runtime} rt */
async function manyAtOnce(rt) {
  const start = performance.now();
  const handles = Array.from({ length: TASKS }, (_, i) => rt.spawn(add, i, 1));
  const sum = (await Promise.all(handles)).reduce((total, value) => total + value);
  const milliseconds = performance.now() - start;
  if (sum !== (TASKS * (TASKS + 1)) / 2) throw new Error(`the sum is ${sum}`);
  return TASKS / milliseconds;
}

/** @param {Runtime} rt */
async function roundTrips(rt) {
  const times = [];
  for (let i = 0; i < TRIPS; i++) {
    const start = performance.now();
    await rt.spawn(add, i, 1);
    times.push((performance.now() - start) * 1000);
  }
  return median(times);
}

/** @param {Runtime} rt */
async function forkJoin(rt) {
  const start = performance.now();
  const value = await rt.spawn(fib, FIB);
  if (value !== 987) throw new Error(`fib is ${value}`);
  return FIB_TASKS / (performance.now() - start);
}

/**
 * Measures one thing, several times.
 * @param {string} name
 * @param {(rt: Runtime) => Promise<number>} measure
 * @param {string} unit
 */
async function report(name, measure, unit) {
  const results = [];
  for (let round = 0; round < rounds; round++) results.push(await measure(shared));
  console.log(`${name}: ${median(results).toFixed(1)} ${unit}`);
}

await report(`${TASKS} trivial tasks at once`, manyAtOnce, 'k tasks/s');
await report('round trip, one at a time', roundTrips, 'µs');
await report(`fork and join, fib(${FIB})`, forkJoin, 'k tasks/s');
console.log(JSON.stringify(shared.metrics()));
await shared.shutdown();
