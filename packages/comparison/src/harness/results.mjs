// @ts-check
// What is kept of a comparison: `results/<package>.json`, from which tables and charts are made.
// It names runtimes, versions, the date and the command, but neither a machine nor a path.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placement } from '../../../bench-gate/src/placement.mjs';
import { root } from '../../../bench-gate/src/runtimes.mjs';
import { bootstrapInterval, median } from '../../../bench-gate/src/statistics.mjs';
import { mergeHistograms } from './latency.mjs';
import { speedRatio } from './unit.mjs';

/** @typedef {import('../../../bench-gate/src/statistics.mjs').Interval} Interval */
/** @typedef {import('./definition.mjs').Comparison} Comparison */
/** @typedef {import('./definition.mjs').Unit} Unit */
/** @typedef {import('./sample.mjs').Sample} Sample */
/** @typedef {import('./sampling.mjs').Series} Series */

/**
 * @typedef {object} SubjectResult
 * @property {string} subject
 * @property {string | number} [parameter]
 * @property {string} [version] `name@version` of the package on npm
 * @property {string} [unsupported]
 * @property {number} [figure] median of the rounds
 * @property {Interval} [ratio] how many times as fast as the reference; 95 % interval
 * @property {number} [pairs] so many rounds count in the ratio
 * @property {Record<string, number>} [extra]
 * @property {import('./latency.mjs').Histogram} [latency]
 * @property {number[]} [figures] of the rounds
 * @property {[number, number][]} [calibrations] of the rounds: nanoseconds of a round trip before and after
 */

/**
 * @typedef {object} Run
 * @property {string} runtime for example `Node 20.20.2`
 * @property {string} date
 * @property {string} command
 * @property {number} rounds
 * @property {SubjectResult[]} subjects
 */

/**
 * @typedef {object} ComparisonResult
 * @property {string} title
 * @property {Unit} unit
 * @property {string} reference
 * @property {number} threads
 * @property {string} [parameter]
 * @property {'bars' | 'lines' | 'latency'} [chart]
 * @property {Record<string, Run>} runs by runtime, for example `node20`
 */

/** @typedef {Record<string, ComparisonResult>} Results by the comparison's name */

const folder = fileURLToPath(new URL('../../results', import.meta.url));

/**
 * Reads the results of a package; none is an empty object.
 * @param {string} name of the package's folder
 * @returns {Results}
 */
export function readResults(name) {
  const file = join(folder, `${name}.json`);
  return existsSync(file) ? /** @type {Results} */ (JSON.parse(readFileSync(file, 'utf8'))) : {};
}

/**
 * Writes the results of a package, formatted as the repository's files are.
 * @param {string} name of the package's folder
 * @param {Results} results
 */
export function writeResults(name, results) {
  const file = join(folder, `${name}.json`);
  const sorted = Object.fromEntries(Object.entries(results).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
  const formatter = join(root, 'node_modules', '.bin', 'oxfmt');
  spawnSync(formatter, [file], { cwd: root, shell: process.platform === 'win32' });
}

/**
 * Reduces samples to results.
 * @param {Comparison} comparison
 * @param {readonly Series[]} series
 * @returns {SubjectResult[]}
 */
export function reduce(comparison, series) {
  return series.map(({ subject, parameter, samples }) => {
    const npm = comparison.subjects[subject]?.package;
    /** @type {SubjectResult} */
    const result = {
      subject,
      ...(parameter === undefined ? {} : { parameter }),
      ...(npm === undefined || npm.startsWith('@concurrency-lab/') ? {} : { version: `${npm}@${versionOf(npm)}` }),
    };
    const unsupported = samples.find((sample) => sample.unsupported !== undefined)?.unsupported;
    if (unsupported !== undefined) return { ...result, unsupported };

    const figures = samples.map(({ figure }) => /** @type {number} */ (figure));
    const reference = series.find(
      (one) => one.subject === comparison.reference && one.parameter === parameter,
    )?.samples;
    const ratios = pairedRatios(comparison.unit, samples, reference ?? []);
    const calibrations = samples.flatMap((sample) => (sample.calibration === undefined ? [] : [sample.calibration]));
    const histograms = samples.flatMap((sample) => (sample.latency === undefined ? [] : [sample.latency]));
    const extraNames = Object.keys(samples[0]?.extra ?? {});
    const extra = extraNames.map((key) => [
      key,
      rounded(median(samples.map((sample) => sample.extra?.[key] ?? Number.NaN))),
    ]);
    return {
      ...result,
      figure: rounded(median(figures)),
      ...(ratios.length === 0 ? {} : { ratio: roundedInterval(bootstrapInterval(ratios)), pairs: ratios.length }),
      ...(extraNames.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
      ...(histograms.length === 0 ? {} : { latency: mergeHistograms(histograms) }),
      figures: figures.map(rounded),
      ...(calibrations.length === 0
        ? {}
        : { calibrations: calibrations.map(([before, after]) => [Math.round(before), Math.round(after)]) }),
    };
  });
}

/**
 * Takes the ratios within the rounds. Of contended samples only those count that ran in the same placement of
 * cores as the reference of their round, unless too few did.
 * @param {Unit} unit
 * @param {readonly Sample[]} samples
 * @param {readonly Sample[]} references
 * @returns {number[]}
 */
export function pairedRatios(unit, samples, references) {
  const pairs = samples.flatMap((sample, round) => {
    const reference = references[round];
    if (sample.figure === undefined || reference?.figure === undefined) return [];
    return [
      { ratio: speedRatio(unit, sample.figure, reference.figure), alike: placements(sample) === placements(reference) },
    ];
  });
  const alike = pairs.filter((pair) => pair.alike);
  return (alike.length * 2 > pairs.length ? alike : pairs).map(({ ratio }) => ratio);
}

/** @param {Sample} sample */
const placements = ({ calibration = [0, 0] }) => calibration.map(placement).join(' ');

/** @param {number} value */
const rounded = (value) => Number(value.toPrecision(4));

/**
 * @param {Interval} interval
 * @returns {Interval}
 */
const roundedInterval = ({ median: middle, low, high }) => ({
  median: rounded(middle),
  low: rounded(low),
  high: rounded(high),
});

/**
 * Finds the installed version of a peer.
 * @param {string} name
 * @returns {string}
 */
function versionOf(name) {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const manifest = paths.map((path) => join(path, name, 'package.json')).find((path) => existsSync(path));
  if (manifest === undefined) throw new Error(`${name} is not installed`);
  return /** @type {{ version: string }} */ (JSON.parse(readFileSync(manifest, 'utf8'))).version;
}
