// @ts-check
// Whether the gate can be trusted: the same commit on both sides must never be called slower, a
// planted slow-down always.
//
//   node packages/bench-gate/study/study.mjs --measure instructions|time [--same 1] [--planted 1] [--load idle]
//        [--commit HEAD] [--part 0.1] [--package <name>]... [--case <text>] [--keep]
//
// Compares each case `--same` times with equal sides, and each single-thread case `--planted` times
// with the head made longer. Instructions are counted of single-thread cases only, and one count of the base
// serves both. `--keep` puts what came out into `results.json`, in the place of what stood there of
// the case, and `--load` says beside times what else the machine was doing.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { loadCases } from '../src/cases.mjs';
import { compareCase } from '../src/gate.mjs';
import { compareCounts, countCall } from '../src/instructions.mjs';
import { ratioOf } from '../src/report.mjs';
import { root } from '../src/runtimes.mjs';
import { prepareSides } from '../src/trees.mjs';
import { plantSlowDown } from './planted.mjs';
import { fillClaim, summarise } from './summary.mjs';

/** @typedef {import('./summary.mjs').Row} Row */

/** @typedef {import('../src/gate.mjs').CaseResult} CaseResult */
/** @typedef {import('../src/cases.mjs').Case} Case */

const { values: options } = parseArgs({
  options: {
    measure: { type: 'string' },
    commit: { type: 'string', default: 'HEAD' },
    same: { type: 'string', default: '1' },
    planted: { type: 'string', default: '1' },
    part: { type: 'string', default: '0.1' },
    load: { type: 'string', default: 'idle' },
    package: { type: 'string', multiple: true },
    case: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const { measure } = options;
if (measure !== 'instructions' && measure !== 'time') {
  console.error(`--measure takes instructions or time, not ${measure}`);
  process.exit(2);
}

const part = Number(options.part);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const sides = await prepareSides({ root, base: options.commit, head: options.commit, only: options.package });
process.once('exit', () => sides[Symbol.dispose]());
const [base, head] = [sides.base.copies, sides.head.copies];

/** @type {{ folder: string, one: Case }[]} */
const all = [];
for (const folder of sides.packages) {
  for (const one of await loadCases(base[0] ?? '', folder)) {
    if (options.case === undefined || one.name.includes(options.case)) all.push({ folder, one });
  }
}
const alone = all.filter(({ one }) => (one.threads ?? 1) === 1);
/** @type {Row[]} */
const rows = [];

if (measure === 'instructions') {
  // The first copy of the head is as the base is, the second is slower.
  for (const folder of sides.packages) plantSlowDown(head[1] ?? '', folder, part);
  for (const { folder, one } of alone) {
    const [planted, same] = [Number(options.planted), Number(options.same)];
    const places = [base[0], ...Array(same).fill(head[0]), ...Array(planted).fill(head[1])];
    const counts = await Promise.all(places.map((side) => countCall(side, folder, one, 'head')));
    const [ofBase, ...ofHead] = counts.map((count) => count ?? { median: 0, low: 0, high: 0 });
    for (const [n, count] of ofHead.entries()) {
      const compared = compareCounts(/** @type {import('../src/statistics.mjs').Interval} */ (ofBase), count);
      add({ folder, one, measure, ...compared }, n < same ? 0 : part);
    }
  }
} else {
  for (let run = 0; run < Number(options.same); run++) await timeAll(all, 0);
  if (Number(options.planted) > 0) {
    for (const copy of head) for (const folder of sides.packages) plantSlowDown(copy, folder, part);
  }
  for (let run = 0; run < Number(options.planted); run++) await timeAll(alone, part);
}
console.log(summarise(rows));

/**
 * @param {typeof all} cases
 * @param {number} planted
 */
async function timeAll(cases, planted) {
  for (const { folder, one } of cases) {
    add({ ...(await compareCase({ base, head, folder, case: one })), folder, one }, planted);
  }
}

/**
 * @param {{ folder: string, one: Case } & Pick<CaseResult, 'measure' | 'verdict' | 'processes'>} result
 * @param {number} planted
 */
function add({ folder, one, measure: measured, verdict, processes }, planted) {
  const digits = (/** @type {number | undefined} */ value) => Number(value?.toFixed(4));
  /** @type {Row} */
  const row = {
    case: `${folder}: ${one.name}`,
    threads: one.threads ?? 1,
    measure: measured,
    planted,
    load: measured === 'time' ? options.load : 'any',
    commit: sides.base.commit,
    verdict,
    ratio: digits(ratioOf({ processes })),
    processes: processes.map(({ ratio }) => [ratio?.low, ratio?.median, ratio?.high].map(digits)),
  };
  console.log(`${row.case.padEnd(60)} +${planted * 100} %  ${row.ratio.toFixed(4)}  ${row.verdict}`);
  rows.push(row);
  if (options.keep) keep();
}

/** Keeps the rows so far, and tells their sums in the README: at once, so that a study may be cut short. */
function keep() {
  const file = fileURLToPath(new URL('results.json', import.meta.url));
  const readme = fileURLToPath(new URL('../README.md', import.meta.url));
  /** @type {Row[]} */
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const kind = (/** @type {Row} */ row) => [row.case, row.measure, row.load].join();
  const measured = new Set(rows.map(kind));
  const kept = [...before.filter((row) => !measured.has(kind(row))), ...rows];
  writeFileSync(file, `[\n${kept.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`);
  writeFileSync(readme, fillClaim(readFileSync(readme, 'utf8'), kept));
}
