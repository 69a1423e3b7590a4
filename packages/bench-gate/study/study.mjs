// @ts-check
// Whether the gate can be trusted: the same commit on both sides must never be called slower, a
// planted slow-down always.
//
//   node packages/bench-gate/study/study.mjs [--commit HEAD] [--same 5] [--planted 2] [--part 0.1] [--load idle]
//        [--package <name>]... [--case <text>] [--keep]
//
// Runs the gate over all cases `--same` times with equal sides, and `--planted` times with every
// single-thread case made longer on the head. `--keep` adds what came out to `results.json`, and
// `--load` says beside it what else the machine was doing.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { loadCases } from '../src/cases.mjs';
import { compareCase } from '../src/gate.mjs';
import { describeCase, ratioOf } from '../src/report.mjs';
import { root } from '../src/runtimes.mjs';
import { prepareSides } from '../src/trees.mjs';
import { plantSlowDown } from './planted.mjs';
import { fillClaim, summarise } from './summary.mjs';

/** @typedef {import('./summary.mjs').Row} Row */

const { values: options } = parseArgs({
  options: {
    commit: { type: 'string', default: 'HEAD' },
    same: { type: 'string', default: '5' },
    planted: { type: 'string', default: '2' },
    part: { type: 'string', default: '0.1' },
    load: { type: 'string', default: 'idle' },
    package: { type: 'string', multiple: true },
    case: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const part = Number(options.part);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const sides = await prepareSides({ root, base: options.commit, head: options.commit, only: options.package });
/** @type {Row[]} */
const rows = [];

/** @param {number} planted */
async function runGate(planted) {
  for (const folder of sides.packages) {
    for (const one of await loadCases(sides.base.copies[0] ?? '', folder)) {
      if (planted > 0 && (one.threads ?? 1) > 1) continue;
      if (options.case !== undefined && !one.name.includes(options.case)) continue;
      const result = await compareCase({ base: sides.base.copies, head: sides.head.copies, folder, case: one });
      console.log(describeCase(result));
      /** @type {Row} */
      const row = {
        case: `${folder}: ${one.name}`,
        threads: one.threads ?? 1,
        planted,
        load: options.load,
        commit: sides.base.commit,
        verdict: result.verdict,
        ratio: Number(ratioOf(result)?.toFixed(4)),
        processes: result.processes.map(({ ratio }) =>
          [ratio?.low, ratio?.median, ratio?.high].map((x) => Number(x?.toFixed(4))),
        ),
      };
      rows.push(row);
      if (options.keep) keep(row);
    }
  }
}

process.once('exit', () => sides[Symbol.dispose]());
for (let run = 0; run < Number(options.same); run++) await runGate(0);
if (Number(options.planted) > 0) {
  for (const copy of sides.head.copies) for (const folder of sides.packages) plantSlowDown(copy, folder, part);
}
for (let run = 0; run < Number(options.planted); run++) await runGate(part);

console.log(summarise(rows));

/**
 * Adds a row to what is kept, and the sums to the README; at once, so that a study may be cut short.
 * @param {Row} row
 */
function keep(row) {
  const file = fileURLToPath(new URL('results.json', import.meta.url));
  const readme = fileURLToPath(new URL('../README.md', import.meta.url));
  const kept = [...(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []), row];
  writeFileSync(file, `[\n${kept.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`);
  writeFileSync(readme, fillClaim(readFileSync(readme, 'utf8'), kept));
}
