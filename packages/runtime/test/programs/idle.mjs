// @ts-check
// A program whose runtime has nothing to do any more: measures the processor time that it takes all
// the same, second by second, until it takes next to none in one, and says how much in each.

import { Runtime } from '@concurrency-lab/runtime';
import { add, addLater } from '../tasks/arithmetic.mjs';

const [bound, tries] = process.argv.slice(2).map(Number);
const rt = Runtime.builder().workerThreads(3).build();
await Promise.all(Array.from({ length: 300 }, (_, i) => rt.spawn(i % 3 === 0 ? addLater : add, i, i)));

/** @type {number[]} */
const seconds = [];
while (seconds.length < Number(tries) && !(Number(seconds.at(-1)) <= Number(bound))) {
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { user, system } = process.cpuUsage(before);
  seconds.push((user + system) / 1000);
}
console.log(JSON.stringify(seconds));
await rt.shutdown();
