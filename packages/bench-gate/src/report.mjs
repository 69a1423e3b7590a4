// @ts-check
// What the gate says: a line for each case, and the JSON that charts are drawn from.

import { placement } from './placement.mjs';
import { median } from './statistics.mjs';

/** @typedef {import('./gate.mjs').CaseResult} CaseResult */

/**
 * @typedef {object} Report
 * @property {string} date
 * @property {string} base its commit
 * @property {string} head
 * @property {string} runtime
 * @property {CaseResult[]} cases
 */

/**
 * One comparison in a history. A trend multiplies the ratios of commits that follow each other: absolute times of
 * different days, or machines, cannot be compared.
 * @typedef {object} Entry
 * @property {string} date
 * @property {string} base
 * @property {string} head
 * @property {Record<string, number>} ratios of the head to the base, by `package: case (measure)`
 */

/**
 * Gives the ratio of a case: the median of its processes'.
 * @param {Pick<CaseResult, 'processes'>} result
 * @returns {number | undefined}
 */
export function ratioOf({ processes }) {
  const ratios = processes.flatMap(({ ratio }) => (ratio === undefined ? [] : [ratio.median]));
  return ratios.length === 0 ? undefined : median(ratios);
}

/**
 * Names a case and what was measured of it.
 * @param {CaseResult} result
 * @returns {string}
 */
export const titleOf = ({ package: folder, name, measure }) => `${folder}: ${name} (${measure})`;

/**
 * Describes the result of a case in a line.
 * @param {CaseResult} result
 * @returns {string}
 */
export function describeCase(result) {
  const { verdict, decides, limit, processes } = result;
  const head = `${verdict.padEnd(12)}  ${titleOf(result).padEnd(56)}`;
  const ratio = ratioOf(result);
  if (ratio === undefined) return `${head}  the base does not have it`;
  const intervals = processes.flatMap((one) =>
    one.ratio === undefined ? [] : [`${one.ratio.low.toFixed(3)}..${one.ratio.high.toFixed(3)}`],
  );
  const places = processes.flatMap(({ calibration }) => calibration?.map(placement) ?? []);
  const calibrated = places.length === 0 ? '' : `; cores ${[...new Set(places)].join(' and ')}`;
  const weight = decides ? '' : '; only reported';
  return `${head}  ${ratio.toFixed(3)} of base (${intervals.join(', ')}; limit ${limit}${calibrated}${weight})`;
}

/**
 * Adds a report to a history. A comparison of the same two commits replaces the earlier one.
 * @param {readonly Entry[]} history
 * @param {Report} report
 * @returns {Entry[]}
 */
export function addToHistory(history, { date, base, head, cases }) {
  const ratios = cases.flatMap((result) => {
    const ratio = ratioOf(result);
    return ratio === undefined ? [] : [[titleOf(result), Number(ratio.toFixed(4))]];
  });
  const others = history.filter((entry) => entry.base !== base || entry.head !== head);
  return [...others, { date, base, head, ratios: Object.fromEntries(ratios) }];
}
