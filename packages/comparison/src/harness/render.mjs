// @ts-check
// Puts results where people read them: tables between the marks of documents, and charts.
//
//   <!-- comparison:NAME -->            in a package's README
//   <!-- comparison:PACKAGE/NAME -->    anywhere
//   <!-- comparison:NAME node20 bun --> only these runtimes
//   <!-- comparison:NAME chart -->      with the chart below
//   <!-- comparison:PACKAGE/faults -->  what the peers make of faults
//
// Each ends at `<!-- /comparison -->`. What is between is overwritten.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../../bench-gate/src/runtimes.mjs';
import { drawChart } from './charts.mjs';
import { readFaults, writeFaults } from './faults.mjs';
import { readResults } from './results.mjs';
import { writeTables } from './tables.mjs';

const MARKS = /<!-- comparison:(\S+)((?: [\w-]+)*) -->\n([\s\S]*?)<!-- \/comparison -->/g;
const CHARTS = 'packages/comparison/charts';
const ONLINE = `https://raw.githubusercontent.com/concurrency-lab/concurrency-lab/main/${CHARTS}`;

/** Lists the documents in which there may be tables, by their paths from the root. */
function documents() {
  const packages = readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}/README.md`);
  const records = readdirSync(join(root, 'adr')).map((file) => `adr/${file}`);
  return ['README.md', ...packages, ...records].filter((file) => file.endsWith('.md') && existsSync(join(root, file)));
}

/**
 * Fills the marks of a document. A mark that cannot be filled is left as it is, and is a problem.
 * @param {string} text
 * @param {string | undefined} home the package whose comparisons need not be named in full
 * @param {(folder: string) => import('./results.mjs').Results} [results]
 * @returns {{ text: string, problems: string[] }}
 */
export function fill(text, home, results = readResults) {
  /** @type {string[]} */
  const problems = [];
  const opened = text.match(/^<!-- comparison:.*$/gm)?.length ?? 0;
  if (opened !== [...text.matchAll(MARKS)].length) {
    problems.push('a mark `<!-- comparison:… -->` has no `<!-- /comparison -->`');
  }
  const filled = text.replace(MARKS, (whole, /** @type {string} */ path, /** @type {string} */ options) => {
    try {
      return `<!-- comparison:${path}${options} -->\n\n${contents(path, options, home, results)}\n\n<!-- /comparison -->`;
    } catch (error) {
      problems.push(`comparison:${path}: ${error instanceof Error ? error.message : String(error)}`);
      return whole;
    }
  });
  return { text: filled, problems };
}

/**
 * Writes what stands between the marks.
 * @param {string} path what the mark names
 * @param {string} options the words after it
 * @param {string | undefined} home
 * @param {(folder: string) => import('./results.mjs').Results} results
 */
function contents(path, options, home, results) {
  const [name = '', folder = home] = path.split('/').toReversed();
  if (folder === undefined) throw new Error('it does not name its package');
  if (name === 'faults') return writeFaults(readFaults(folder));
  const result = results(folder)[name];
  if (result === undefined) throw new Error(`there are no results of ${folder}/${name}`);
  const words = options.split(' ').filter((word) => word !== '');
  const runtimes = words.filter((word) => word !== 'chart');
  const parts = [writeTables(result, runtimes.length === 0 ? undefined : runtimes)];
  if (words.includes('chart')) {
    if (result.chart === undefined) throw new Error('it has no chart');
    parts.push(`![${result.title}](${ONLINE}/${folder}-${name}.svg)`);
  }
  return parts.join('\n\n');
}

/**
 * Gives the files as the results want them, by their paths from the root: documents and charts. A chart without
 * results is to be removed: `undefined`. And what cannot be shown: marks without results.
 * @param {typeof current} read
 * @returns {{ files: Map<string, string | undefined>, problems: string[] }}
 */
function rendered(read) {
  /** @type {Map<string, string | undefined>} */
  const files = new Map();
  /** @type {string[]} */
  const problems = [];
  for (const file of documents()) {
    const home = /^packages\/(.+)\/README\.md$/.exec(file)?.[1];
    // The README of the comparisons explains the marks.
    if (home === 'comparison') continue;
    const filled = fill(read(file) ?? '', home);
    files.set(file, filled.text);
    problems.push(...filled.problems.map((problem) => `${file}: ${problem}`));
  }
  if (existsSync(join(root, CHARTS))) {
    for (const file of readdirSync(join(root, CHARTS))) files.set(`${CHARTS}/${file}`, undefined);
  }
  const kept = fileURLToPath(new URL('../../results', import.meta.url));
  for (const file of readdirSync(kept).filter((name) => name.endsWith('.json'))) {
    const folder = basename(file, '.json');
    for (const [name, result] of Object.entries(readResults(folder))) {
      const chart = drawChart(result);
      if (chart !== undefined) files.set(`${CHARTS}/${folder}-${name}.svg`, chart);
    }
  }
  return { files, problems };
}

/**
 * Lists what is not as the results want it.
 * @param {typeof current} [read] gives a file's text by its path from the root
 * @returns {string[]}
 */
export function stale(read = current) {
  const { files, problems } = rendered(read);
  const differing = [...files].filter(([file, wanted]) => read(file) !== wanted);
  return [...differing.map(([file]) => `${file} does not show the results`), ...problems];
}

/**
 * Writes the files that are not as the results want them. Says which, and what cannot be shown.
 * @returns {{ written: string[], problems: string[] }}
 */
export function render() {
  const { files, problems } = rendered(current);
  const changed = [...files].filter(([file, wanted]) => current(file) !== wanted);
  for (const [file, wanted] of changed) {
    if (wanted === undefined) rmSync(join(root, file));
    else writeFileSync(join(root, file), wanted);
  }
  return { written: changed.map(([file]) => file), problems };
}

/**
 * Reads a file of the repository, by its path from the root. Gives `undefined` if there is none.
 * @param {string} file
 * @returns {string | undefined}
 */
export function current(file) {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined;
}
