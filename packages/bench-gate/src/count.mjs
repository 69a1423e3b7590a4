// @ts-check
// What callgrind counts: a process that makes so many calls of a case to warm up, and then as many
// as each window has. Reading `process.ppid` calls getppid(), which nothing else does: the mark at which
// callgrind writes down what it has counted (see instructions.mjs).

import { setUp } from './cases.mjs';

const { side, folder, name, prepared, warmUp, windows, calls } = JSON.parse(process.argv[2] ?? '');
const made = await setUp(side, folder, name, prepared);
if (made === undefined) throw new Error(`${folder} does not have what ${name} needs`);
const { call } = made;
const isAsynchronous = call() instanceof Promise;
const mark = () => process.ppid;

/** @param {number} times */
function repeat(times) {
  for (let i = 0; i < times; i++) call();
}

/** @param {number} times */
async function repeatLater(times) {
  for (let i = 0; i < times; i++) await call();
}

if (isAsynchronous) await repeatLater(warmUp);
else repeat(warmUp);
mark();
for (let window = 0; window < windows; window++) {
  if (isAsynchronous) await repeatLater(calls);
  else repeat(calls);
  mark();
}
process.exit(0);
