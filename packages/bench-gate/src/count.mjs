// @ts-check
// What callgrind counts: a process that makes so many calls of a case.

import { setUp } from './cases.mjs';

const { side, folder, name, calls } = JSON.parse(process.argv[2] ?? '');
const made = await setUp(side, folder, name);
if (made === undefined) throw new Error(`${folder} does not have what ${name} needs`);
for (let i = 0; i < calls; i++) {
  const result = made.call();
  if (result instanceof Promise) await result;
}
