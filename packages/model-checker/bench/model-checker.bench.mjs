// How many executions the anchor models take, how fast they run, and how long the whole check
// takes beside Loom 0.7.2, whose times were measured once on a machine with two cores.
//
//   node bench/model-checker.bench.mjs [--seconds 1] [--not-slower-than-loom]

import { parseArgs } from 'node:util';
import { explore } from '@concurrency-lab/model-checker';
import { loadInstrumented } from '@concurrency-lab/model-checker/load';
// The engine itself, for the rate: explore() searches by preemptions first, and makes statistics.
import { exploreAll } from '../dist/engine/explore.js';
import { generatorOf } from '../dist/threads.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '1' }, 'not-slower-than-loom': { type: 'boolean', default: false } },
});
const models = await loadInstrumented(new URL('../test/models/anchors.ts', import.meta.url), {
  include: /test\/subjects\//,
});

// Seconds of Loom, unbounded; "more than" where it had not finished.
const SUBJECTS = [
  ['fetch_add 2x2', models.fetchAdd(2, 2), 6],
  ['fetch_add 3x2', models.fetchAdd(3, 2), 90, 6.97],
  ['spin_cas 2x1', models.spinCas(2, 1), 2],
  ['spin_cas 2x2', models.spinCas(2, 2), 6, 0.041],
  ['spin_cas 3x1', models.spinCas(3, 1), 6, 25],
  ['spin_try 2x2', models.spinTry(2, 2), 26],
  ['spin_try 3x2', models.spinTry(3, 2), 1263, 25],
  ['ring_spin', models.ringSpin, 9, 0.49],
  ['ring_cached', models.ringCached, 5],
  ['ring_try', models.ringTry, 44],
  ['oneshot_spin', models.oneshotSpin, 1],
  ['oneshot_close', models.oneshotClose, 3],
];

console.log('model          executions  cut  repeated  executions/s  steps/s   whole check   Loom');
let isSlower = false;
for (const [name, model, optimum, loom] of SUBJECTS) {
  // A bench of what does not work measures nothing.
  const first = explore(model);
  if (first.failure !== undefined || first.executions !== optimum || !first.isExhaustive) {
    throw new Error(`${name}: ${first.failure?.report ?? `${first.executions} executions, not ${optimum}`}`);
  }
  let executions = 0;
  let steps = 0;
  const start = performance.now();
  const budget = { executions: Infinity, until: Infinity };
  while (performance.now() - start < Number(values.seconds) * 1000) {
    const { counts } = exploreAll(() => generatorOf(model, 'the model'), budget);
    executions += counts.complete + counts.cut + counts.blocked;
    steps += counts.steps;
  }
  const total = (performance.now() - start) / 1000;
  const whole = [];
  for (let i = 0; i < 15; i++) whole.push(explore(model).seconds);
  const median = whole.toSorted((a, b) => a - b)[7];
  if (loom !== undefined && median > loom) isSlower = true;
  console.log(
    [
      name.padEnd(13),
      String(first.executions).padStart(11),
      String(first.cut).padStart(4),
      String(first.repeated).padStart(9),
      String(Math.round(executions / total)).padStart(13),
      String(Math.round(steps / total)).padStart(8),
      `${(median * 1000).toFixed(2)} ms`.padStart(13),
      loom === undefined ? '' : `  ${(loom * 1000).toFixed(0)} ms${loom === 25 ? ', unfinished' : ''}`,
    ].join(' '),
  );
}
if (values['not-slower-than-loom'] && isSlower)
  throw new Error('a check took longer than Loom takes for the same model');
