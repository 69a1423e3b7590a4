// @ts-check
// What the rows of the study come to.

/**
 * @typedef {object} Row
 * @property {string} case
 * @property {number} threads
 * @property {'time' | 'instructions'} measure
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
    const kind = `${row.case}, ${row.measure}, ${row.planted === 0 ? 'same' : `+${row.planted * 100} %`}, ${row.load}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
  }
  const lines = [...kinds].map(([kind, list]) => {
    const medians = list.flatMap(({ processes }) => processes.map(([, middle = Number.NaN]) => middle));
    const verdicts = [...new Set(list.map(({ verdict }) => verdict))].map(
      (verdict) => `${list.filter((row) => row.verdict === verdict).length} ${verdict}`,
    );
    const spread = `processes ${Math.min(...medians).toFixed(3)}..${Math.max(...medians).toFixed(3)}`;
    return `${kind.padEnd(60)} ${spread}  ${verdicts.join(', ')}`;
  });
  const { same, falseAlarms, planted, caught } = count(rows);
  return [
    ...lines,
    '',
    `equal sides: ${falseAlarms} false alarms in ${same}; planted: ${caught} of ${planted} caught`,
  ].join('\n');
}

/**
 * Writes what the README says of the study, for each measure and load.
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export function claim(rows) {
  const kinds = new Map(rows.map(({ measure, load }) => [`${measure}, ${load}`, { measure, load }]));
  const sentences = [...kinds.keys()].toSorted().map((kind) => {
    const { measure, load } = /** @type {Pick<Row, 'measure' | 'load'>} */ (kinds.get(kind));
    const of = rows.filter((row) => row.measure === measure && row.load === load);
    const same = of.filter(({ planted }) => planted === 0);
    const longer = of.filter(({ planted }) => planted > 0);
    const cases = new Set(same.map((row) => row.case)).size;
    const { falseAlarms, caught } = count(of);
    const onEqual = `${falseAlarms} false alarms in ${same.length} comparisons of a commit with itself, ${cases} cases, ratios ${range(same)}`;
    const part = longer[0]?.planted;
    const onPlanted =
      part === undefined
        ? ''
        : `; of ${longer.length} slow-downs of ${part * 100} % planted in single-thread cases ${caught} caught, ratios ${range(longer)}`;
    return `- ${KINDS[kind] ?? kind}: ${onEqual}${onPlanted}.`;
  });
  return sentences.join('\n');
}

/** @param {readonly Row[]} rows */
function range(rows) {
  const ratios = rows.map(({ ratio }) => ratio);
  return `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
}

/** @type {Record<string, string>} */
const KINDS = {
  'instructions, any': '_Instructions_, whatever else runs',
  'time, idle': '_Time_, on an otherwise idle machine',
  'time, shared': '_Time_, beside other work on both cores',
};

const MARKS = /<!-- study -->\n[\s\S]*?<!-- \/study -->/;

/**
 * Puts the claim between the marks of the README.
 * @param {string} readme
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export function fillClaim(readme, rows) {
  if (!MARKS.test(readme)) throw new Error('the README has no marks <!-- study --> and <!-- /study -->');
  return readme.replace(MARKS, () => `<!-- study -->\n\n${claim(rows)}\n\n<!-- /study -->`);
}
