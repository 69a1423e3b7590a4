// @ts-check
// How figures are shown: rounded to what can be measured again, ratios beside them.

import { latencyQuantile } from './latency.mjs';

/** @typedef {import('./results.mjs').ComparisonResult} ComparisonResult */
/** @typedef {import('./results.mjs').Run} Run */
/** @typedef {import('./results.mjs').SubjectResult} SubjectResult */

/**
 * Rounds to two digits that count; to the third where the first is a 1.
 * @param {number} value
 * @returns {string}
 */
export function round(value) {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = String(Math.abs(value).toExponential())[0] === '1' ? 3 : 2;
  const text = Number(value.toPrecision(digits));
  return Math.abs(text) >= 10_000 ? text.toLocaleString('en-US') : String(text);
}

/**
 * Lists the cells that show a subject: figure, ratio, quantiles, extra figures.
 * @param {ComparisonResult} result
 * @param {SubjectResult | undefined} subject
 * @returns {string[]}
 */
export function cells(result, subject) {
  const { latency, extra } = shownFigures(result);
  const width = 2 + (latency ? 2 : 0) + extra.length;
  if (subject === undefined) return Array.from({ length: width }, () => '');
  if (subject.figure === undefined) return Array.from({ length: width }, () => '–');
  return [
    round(subject.figure),
    subject.ratio === undefined ? '' : round(subject.ratio.median),
    ...(latency ? [0.5, 0.99].map((q) => (subject.latency ? time(latencyQuantile(subject.latency, q)) : '')) : []),
    ...extra.map((key) => (subject.extra?.[key] === undefined ? '' : round(subject.extra[key]))),
  ];
}

/**
 * Lists the headings above those cells.
 * @param {ComparisonResult} result
 * @returns {string[]}
 */
export function headings(result) {
  const { latency, extra } = shownFigures(result);
  return [result.unit, 'ratio', ...(latency ? ['p50', 'p99'] : []), ...extra];
}

/**
 * Says which further figures some subject has.
 * @param {ComparisonResult} result
 */
function shownFigures(result) {
  const subjects = Object.values(result.runs).flatMap((run) => run.subjects);
  return {
    latency: subjects.some((subject) => subject.latency !== undefined),
    extra: [...new Set(subjects.flatMap((subject) => Object.keys(subject.extra ?? {})))],
  };
}

/**
 * Shows nanoseconds in the unit that fits.
 * @param {number} nanoseconds
 * @returns {string}
 */
export function time(nanoseconds) {
  if (nanoseconds < 1e3) return `${round(nanoseconds)} ns`;
  return nanoseconds < 1e6 ? `${round(nanoseconds / 1e3)} µs` : `${round(nanoseconds / 1e6)} ms`;
}

/**
 * Describes a run for the console.
 * @param {ComparisonResult} result
 * @param {Run} run
 * @returns {string}
 */
export function describeRun(result, run) {
  const whole = { ...result, runs: { run } };
  const rows = run.subjects.map((subject) => {
    const { ratio, calibrations, unsupported } = subject;
    return [
      subject.subject,
      String(subject.parameter ?? ''),
      ...cells(whole, subject),
      ratio === undefined
        ? (unsupported ?? '')
        : `${round(ratio.low)} to ${round(ratio.high)} (${subject.pairs} pairs)`,
      calibrations === undefined ? '' : `ping-pong ${calibrations.map((pair) => pair.join('/')).join(' ')} ns`,
    ];
  });
  const all = [['', result.parameter ?? '', ...headings(whole), 'interval', ''], ...rows];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? [];
  const lines = all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [`${result.title} (${run.runtime}, ${run.rounds} rounds, ratio to ${result.reference})`, ...lines, ''].join(
    '\n',
  );
}
