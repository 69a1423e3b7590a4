// @ts-check
// Runs the comparisons of a package and writes what READMEs and charts show of them.
//
//   node packages/comparison/src/run.mjs <package> [--only <comparison>]... [--node <runtime>]
//        [--rounds 7] [--quick | --verify]
//
// `--node` takes node22, node24, node26, bun or deno (`node .ci/runtimes.cjs` installs them) or a
// path. `--verify` only shows that every subject works, `--quick` also times, but keeps nothing.

import { parseArgs } from 'node:util';
import { findRuntime } from '../../bench-gate/src/runtimes.mjs';
import { comparedPackages, comparisonNames, loadComparison } from './harness/definition.mjs';
import { describeRun } from './harness/describe.mjs';
import { render } from './harness/render.mjs';
import { reduce, readResults, writeResults } from './harness/results.mjs';
import { takeSamples } from './harness/sampling.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    node: { type: 'string', default: 'node' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    verify: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined || comparisonNames(folder).length === 0) {
  console.error(`Name a package that has comparisons: ${comparedPackages().join(', ')}`);
  process.exit(2);
}

const runtime = findRuntime(options.node);
const kept = !options.quick && !options.verify;
const rounds = Number(options.rounds ?? (options.verify ? 1 : options.quick ? 2 : 7));
const timing = options.verify
  ? { blocks: 0, warmUp: 0 }
  : options.quick
    ? { blocks: 3, warmUp: 50, block: 10 }
    : { blocks: 5, warmUp: 200 };
if (!(rounds >= 1)) throw new RangeError(`--rounds takes a number from 1, not ${options.rounds}`);

for (const name of options.only ?? comparisonNames(folder)) {
  const comparison = await loadComparison(folder, name);
  const plan = { folder, name, comparison, rounds, ...timing };
  const progress = process.stderr.isTTY ? (/** @type {string} */ line) => console.error(line) : undefined;
  const series = await takeSamples(runtime, plan, progress);
  if (options.verify) {
    console.log(`${folder}/${name}: ${series.length} subjects work on ${runtime.key}`);
    continue;
  }

  const { title, unit, reference, threads = 1, parameter, chart } = comparison;
  const run = {
    runtime: /** @type {string} */ (series[0]?.samples[0]?.runtime),
    date: new Date().toISOString().slice(0, 10),
    command: `node packages/comparison/src/run.mjs ${folder} --only ${name}${runtimeOption()}`,
    rounds,
    subjects: reduce(comparison, series),
  };
  const facts = {
    title,
    unit,
    reference,
    threads,
    ...(parameter === undefined ? {} : { parameter: parameter.name }),
    ...(chart === undefined ? {} : { chart }),
  };
  console.log(describeRun({ ...facts, runs: {} }, run));
  if (!kept) continue;
  const results = readResults(folder);
  results[name] = { ...facts, runs: { ...results[name]?.runs, [runtime.key]: run } };
  writeResults(folder, results);
}
if (kept) {
  const { written, problems } = render();
  for (const file of written) console.log(`wrote ${file}`);
  for (const problem of problems) console.error(problem);
}

function runtimeOption() {
  // A path says something about a machine; its name does not.
  return options.node === 'node' ? '' : ` --node ${runtime.key}`;
}
