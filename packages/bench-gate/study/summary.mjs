// @ts-check
// What the rows of the study come to.

/**
 * @typedef {object} Row
 * @property {string} case
 * @property {number} threads
 * @property {number} planted part by which the head was made slower; 0: the same on both sides
 * @property {string} load what else the machine was doing
 * @property {string} commit
 * @property {string} verdict
 * @property {number} ratio
 * @property {number[][]} processes low, median and high of each
 */

/**
 * Counts the rows by what was planted and what was said.
 * @param {readonly Row[]} rows
 * @returns {{ same: number, falseAlarms: number, planted: number, caught: number }}
 */
export function count(rows) {
  const same = rows.filter(({ planted }) => planted === 0);
  const planted = rows.filter((row) => row.planted > 0);
  return {
    same: same.length,
    // Calling equals faster is as wrong as calling them slower.
    falseAlarms: same.filter(({ verdict }) => verdict !== 'inconclusive').length,
    planted: planted.length,
    caught: planted.filter(({ verdict }) => verdict === 'regression').length,
  };
}

/**
 * Writes the rows' sums, case by case.
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export function summarise(rows) {
  /** @type {Map<string, Row[]>} */
  const kinds = new Map();
  for (const row of rows) {
    const kind = `${row.case}, ${row.planted === 0 ? 'same' : `+${row.planted * 100} %`}, ${row.load}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
  }
  const lines = [...kinds].map(([kind, list]) => {
    const medians = list.flatMap(({ processes }) => processes.map(([, middle = Number.NaN]) => middle));
    const verdicts = [...new Set(list.map(({ verdict }) => verdict))].map(
      (verdict) => `${list.filter((row) => row.verdict === verdict).length} ${verdict}`,
    );
    const range = `processes ${Math.min(...medians).toFixed(3)}..${Math.max(...medians).toFixed(3)}`;
    return `${kind.padEnd(60)} ${range}  ${verdicts.join(', ')}`;
  });
  const { same, falseAlarms, planted, caught } = count(rows);
  return [
    ...lines,
    '',
    `equal sides: ${falseAlarms} false alarms in ${same}; planted: ${caught} of ${planted} caught`,
  ].join('\n');
}
