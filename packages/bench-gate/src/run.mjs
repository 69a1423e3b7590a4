// @ts-check
// Compares the speed of two commits and exits with 1 if a case got slower.
//
//   node packages/bench-gate/src/run.mjs [--base main] [--head <commit>] [--package <name>]... [--case <text>]
//        [--measure instructions|time|both] [--processes 3] [--json <file>] [--svg <file>]
//        [--history <file>] [--trend <file>]
//
// Without `--head`, the files as they are now. The cases are those of `packages/*/bench/gate.mjs`.
// `--history` adds the ratios to a JSON file, `--trend` draws that file.
//
// `instructions` counts the cases of one thread (see instructions.mjs), `time` times all cases,
// `both` does both: then the counts decide, and the times are a second opinion. Left out, it is
// `instructions` where valgrind is installed, else `time`. What contends is never more than reported.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadCases } from './cases.mjs';
import { drawComparison, drawTrend } from './charts.mjs';
import { compareCase } from './gate.mjs';
import { compareInstructions, whyNoInstructions } from './instructions.mjs';
import { addToHistory, describeCase } from './report.mjs';
import { root as ownRoot } from './runtimes.mjs';
import { prepareSides } from './trees.mjs';

/** @typedef {import('./report.mjs').Report} Report */

const { values: options } = parseArgs({
  options: {
    base: { type: 'string', default: 'main' },
    head: { type: 'string' },
    package: { type: 'string', multiple: true },
    case: { type: 'string' },
    processes: { type: 'string', default: '3' },
    json: { type: 'string' },
    svg: { type: 'string' },
    history: { type: 'string' },
    trend: { type: 'string' },
    measure: { type: 'string' },
    root: { type: 'string', default: ownRoot },
  },
});

/** @param {string} message */
function stop(message) {
  console.error(message);
  process.exit(2);
}

const processes = Number(options.processes);
if (!Number.isInteger(processes) || processes < 1)
  stop(`--processes takes a whole number from 1, not ${options.processes}`);
const obstacle = whyNoInstructions();
const measure = options.measure ?? (obstacle === undefined ? 'instructions' : 'time');
if (!['instructions', 'time', 'both'].includes(measure))
  stop(`--measure takes instructions, time or both, not ${measure}`);
const [counts, times] = [measure !== 'time', measure !== 'instructions'];
if (counts && obstacle !== undefined) stop(`No instructions can be counted: ${obstacle}`);
if (options.measure === undefined && !counts)
  console.log(`Times decide, as no instructions can be counted: ${obstacle}`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(2));
const sides = await prepareSides({
  root: options.root,
  base: options.base,
  head: options.head,
  only: options.package,
}).catch((error) => stop(error instanceof Error ? error.message : String(error)));
if (sides === undefined) throw new Error('unreachable');
process.once('exit', () => sides[Symbol.dispose]());

try {
  console.log(`base ${options.base} (${sides.base.commit}), head ${options.head ?? ''} (${sides.head.commit})\n`);
  const [base, head] = [sides.base.copies, sides.head.copies];
  /** @type {Report} */
  const report = {
    date: new Date().toISOString(),
    base: sides.base.commit,
    head: sides.head.commit,
    runtime: `Node ${process.versions.node}`,
    cases: [],
  };
  for (const folder of sides.packages) {
    for (const one of await loadCases(head[0] ?? '', folder)) {
      if (options.case !== undefined && !one.name.includes(options.case)) continue;
      const compared = { base, head, folder, case: one };
      const results = [];
      if (counts && (one.threads ?? 1) === 1) results.push(await compareInstructions(compared));
      if (times) results.push(await compareCase({ ...compared, processes, decides: !counts }));
      for (const result of results) console.log(describeCase(result));
      report.cases.push(...results);
    }
  }
  if (report.cases.length === 0) throw new Error('no case has such a name');

  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.svg !== undefined) writeFileSync(options.svg, drawComparison(report));
  if (options.history !== undefined) {
    const kept = existsSync(options.history) ? JSON.parse(readFileSync(options.history, 'utf8')) : [];
    const history = addToHistory(kept, report);
    writeFileSync(options.history, `${JSON.stringify(history, null, 2)}\n`);
    if (options.trend !== undefined) writeFileSync(options.trend, drawTrend(history));
  }
  const deciding = report.cases.filter(({ decides }) => decides);
  const slower = deciding.filter(({ verdict }) => verdict === 'regression');
  if (slower.length > 0) {
    console.error(`\n${slower.length} of ${deciding.length} cases got slower.`);
    process.exitCode = 1;
  }
} catch (error) {
  stop(error instanceof Error ? error.message : String(error));
}
