// What the locks cost, alone and contended for: `node bench/spinlock.bench.mjs [rounds]`.
//
// Each sample is a process of its own, so that no lock's code is compiled for another's sake;
// the rounds go through all locks by turns, and what is shown are medians. Two threads have a
// core each; four have half a one on a machine with two cores, where pure spinning collapses.

import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { locks } from './locks.mjs';

const rounds = Number(process.argv[2] ?? 5);
const run = (program, ...args) =>
  JSON.parse(execFileSync(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args]));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const samples = new Map(Object.keys(locks).map((name) => [name, { alone: [], two: [], four: [] }]));
for (let i = 0; i < rounds; i++) {
  for (const [name, { alone, two, four }] of samples) {
    alone.push(run('alone.mjs', name));
    two.push(run('contended.mjs', name, '2'));
    four.push(run('contended.mjs', name, '4'));
  }
}

const of = (list, key) => median(list.map((sample) => sample[key]));
console.log(`Node ${process.versions.node}, ${availableParallelism()} cores, medians of ${rounds} rounds`);
console.table(
  [...samples].map(([lock, { alone, two, four }]) => ({
    lock,
    'alone, of the bare loop': of(alone, 'ratio').toFixed(2),
    ns: of(alone, 'ns').toFixed(1),
    'two threads, M/s': of(two, 'rate').toFixed(1),
    fairness: of(two, 'fairness').toFixed(2),
    'ping-pong ns': of(two, 'pingPongNs').toFixed(0),
    'four threads, M/s': of(four, 'rate').toFixed(1),
    'fairness of four': of(four, 'fairness').toFixed(2),
  })),
);
