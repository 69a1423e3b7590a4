// @ts-check
// Ends workers at moments that nothing chooses but chance, while they work, and checks that those
// who live go on as documented: who died with a mutex is found out, an element is lost only if it
// was not published, a channel ends delivered or closed. Exits with 1 if anything is wrong.
//
//   node packages/deep-run/src/chaos.mjs <scenario> --seconds 30 --seed 1 --rounds 3   at least so many

import { parseArgs } from 'node:util';
import { randomNumbers } from './random.mjs';

/**
 * @typedef {object} Scenario
 * @property {() => void | Promise<void>} round ends one worker or more; throws if something is wrong afterwards
 * @property {() => string | Promise<string>} stop ends the others, checks what is left, and says what was seen
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
  },
});
const seed = Number(values.seed);
/** @type {{ start: (random: () => number) => Scenario | Promise<Scenario> }} */
const { start } = await import(new URL(`chaos/${positionals[0]}.mjs`, import.meta.url).href);

let rounds = 0;
try {
  const scenario = await start(randomNumbers(seed));
  for (
    const end = performance.now() + Number(values.seconds) * 1000;
    rounds < Number(values.rounds) || performance.now() < end;
    rounds++
  )
    await scenario.round();
  console.log(`chaos ${positionals[0]}: ${rounds} rounds, ${await scenario.stop()}`);
} catch (error) {
  console.error(`chaos ${positionals[0]}, seed ${seed}, round ${rounds}:`, error);
  process.exit(1);
}
