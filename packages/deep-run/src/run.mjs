// @ts-check
// Looks further than the gate does, for as long as it is told; exits with 1 at any failure, each
// with the command that runs it again.
//
//   npm run deep -- [--minutes 30] [--only <part>]... [--seed <number>] [--list]

import { parseArgs } from 'node:util';
import { deep } from './deep.mjs';
import { parts } from './parts.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    only: { type: 'string', multiple: true },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
    list: { type: 'boolean', default: false },
  },
});

/** @param {string} message @returns {never} */
function stop(message) {
  console.error(message);
  process.exit(2);
}

const minutes = Number(values.minutes);
if (!(minutes > 0)) stop(`--minutes is ${values.minutes}; a number above 0 is accepted`);
const seed = Number(values.seed);
if (!Number.isInteger(seed) || seed < 0) stop(`--seed is ${values.seed}; a whole number from 0 up is accepted`);
const all = parts();
const names = all.map(({ name }) => name);
for (const name of values.only ?? [])
  if (!names.includes(name)) stop(`--only is ${name}; accepted are: ${names.join(', ')}`);

if (values.list) console.log(names.join('\n'));
else {
  const chosen = all.filter(({ name }) => values.only === undefined || values.only.includes(name));
  const failures = await deep(chosen, { minutes, seed });
  console.log(failures.length === 0 ? '\nNothing found.' : `\nFAILED: ${failures.map(({ part }) => part).join(', ')}`);
  for (const { replay } of failures) console.log(`  ${replay}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
