// @ts-check
// Does the same work over and over for some time and watches what it leaves behind: memory, and
// what the workload itself counts (slots, tasks, timers). Exits with 1 if anything grows.
//
//   node --expose-gc packages/deep-run/src/soak.mjs <workload> --seconds 30 --seed 1

import { parseArgs } from 'node:util';
import { growth, sample } from './memory.mjs';
import { randomNumbers } from './random.mjs';

/**
 * @typedef {object} Workload
 * @property {() => void | Promise<void>} round does the work once, and throws if it goes wrong
 * @property {() => string[]} leftovers says what a round has left that it should not have
 * @property {() => void | Promise<void>} stop ends its workers
 */

const SAMPLES = 24;
const WARM_UP = 4;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);

/** @type {{ start: (random: () => number) => Workload | Promise<Workload> }} */
const { start } = await import(new URL(`soak/${positionals[0]}.mjs`, import.meta.url).href);
const workload = await start(randomNumbers(seed));
const samples = [];
let rounds = 0;
const begin = performance.now();
for (let taken = 0; taken < SAMPLES + WARM_UP; taken++) {
  const until = begin + ((taken + 1) * seconds * 1000) / (SAMPLES + WARM_UP);
  do {
    await workload.round();
    rounds++;
  } while (performance.now() < until);
  const leftovers = workload.leftovers();
  if (leftovers.length > 0) fail(leftovers);
  await new Promise((resolve) => setImmediate(resolve)); // finalizers have their turn
  if (taken >= WARM_UP) samples.push(sample());
  else sample();
}
await workload.stop();
const grown = growth(samples);
if (grown.length > 0) fail(grown);
const last = /** @type {import('./memory.mjs').Sample} */ (samples.at(-1));
console.log(`soak ${positionals[0]}: ${rounds} rounds, ${(last.heap / 1e6).toFixed(1)} MB in use, nothing left behind`);

/** @param {readonly string[]} found @returns {never} */
function fail(found) {
  console.error(`soak ${positionals[0]}, seed ${seed}, after ${rounds} rounds: ${found.join('; ')}`);
  process.exit(1);
}
