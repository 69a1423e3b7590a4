// @ts-check
// The tables that documents show, in the form the repository's formatter leaves alone.

import { cells, headings, round } from './describe.mjs';

/** @typedef {import('./results.mjs').ComparisonResult} ComparisonResult */
/** @typedef {import('./results.mjs').Run} Run */

/**
 * Writes the tables of a comparison, with the line that says how they came to be.
 * @param {ComparisonResult} result
 * @param {readonly string[]} [runtimes] only these, in this order; all that it ran on if left out
 * @returns {string}
 */
export function writeTables(result, runtimes = Object.keys(result.runs).toSorted()) {
  const runs = runtimes.map((key) => {
    const run = result.runs[key];
    if (run === undefined) throw new Error(`no results from ${key}, only from ${Object.keys(result.runs).join(', ')}`);
    return run;
  });
  const tables =
    result.parameter === undefined ? [besideEachOther(result, runs)] : runs.map((run) => byParameter(result, run));
  return [...tables, footnote(result, runs)].join('\n\n');
}

/**
 * One table: a row for each subject, the columns of a runtime beside those of the next.
 * @param {ComparisonResult} result
 * @param {readonly Run[]} runs
 */
function besideEachOther(result, runs) {
  const names = [...new Set(runs.flatMap((run) => run.subjects.map(({ subject }) => subject)))];
  const titles = runs.flatMap((run) =>
    headings(result).map((heading, i) => (i === 0 ? `${shortRuntime(run)}: ${heading}` : heading)),
  );
  const rows = names.map((name) => [
    name,
    ...runs.flatMap((run) =>
      cells(
        result,
        run.subjects.find(({ subject }) => subject === name),
      ),
    ),
  ]);
  return table([[result.title, ...titles], ...rows]);
}

/**
 * The table of a runtime: a row for each subject, a column for each value, the ratio in brackets.
 * @param {ComparisonResult} result
 * @param {Run} run
 */
function byParameter(result, run) {
  const names = [...new Set(run.subjects.map(({ subject }) => subject))];
  const values = [...new Set(run.subjects.map(({ parameter }) => parameter))];
  const rows = names.map((name) => [
    name,
    ...values.map((value) => {
      const found = run.subjects.find(({ subject, parameter }) => subject === name && parameter === value);
      if (found?.figure === undefined) return '–';
      const ratio = found.ratio === undefined || name === result.reference ? '' : ` (${round(found.ratio.median)})`;
      return `${round(found.figure)}${ratio}`;
    }),
  ]);
  const title = `${shortRuntime(run)}: ${result.title}, ${result.unit} by ${result.parameter}`;
  return table([[title, ...values.map(String)], ...rows]);
}

/**
 * @param {ComparisonResult} result
 * @param {readonly Run[]} runs
 */
function footnote(result, runs) {
  const first = /** @type {Run} */ (runs[0]);
  const versions = [...new Set(runs.flatMap((run) => run.subjects.flatMap(({ version }) => version ?? [])))].toSorted();
  const dates = [...new Set(runs.map(({ date }) => date))].toSorted();
  const missing = runs.flatMap((run) =>
    run.subjects.flatMap(({ subject, unsupported }) =>
      unsupported === undefined ? [] : [`${subject} on ${shortRuntime(run)}: ${unsupported}.`],
    ),
  );
  const sentences = [
    `Ratio: times as fast as ${result.reference}.`,
    `Medians of ${first.rounds} rounds, every sample in a fresh process, ${dates.join(' and ')}${[
      '',
      ...runs.map(({ runtime }) => runtime),
      ...versions,
    ].join(', ')}.`,
    ...new Set(missing),
    `Measure again: \`${first.command}\`.`,
  ];
  return sentences.join(' ');
}

/** @param {Run} run */
const shortRuntime = ({ runtime }) => runtime.replace(/\..*/, '');

/**
 * Writes a table with aligned columns, numbers to the right.
 * @param {readonly (readonly string[])[]} rows the headings first
 * @returns {string}
 */
export function table(rows) {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', String.raw`\|`)));
  const widths = (escaped[0] ?? []).map((_, i) => Math.max(4, ...escaped.map((row) => row[i]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head = [], ...body] = escaped;
  return [line(head), line(rule), ...body.map(line)].join('\n');
}
