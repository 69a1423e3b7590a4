// @ts-check
// Two pictures: the intervals of one comparison, and how the cases went over the commits.

import { ratioOf, titleOf } from './report.mjs';
import { colour, element, picture, scale, text, ticks } from './svg.mjs';

/** @typedef {import('./report.mjs').Report} Report */
/** @typedef {import('./report.mjs').Entry} Entry */

const WIDTH = 760;

/**
 * Draws each case's ratio with the interval of each process, on a logarithmic axis; the limits are dashed.
 * @param {Report} report
 * @returns {string}
 */
export function drawComparison({ base, head, cases }) {
  const shown = cases.filter((result) => ratioOf(result) !== undefined);
  const labels = shown.map(titleOf);
  const left = 20 + 6.6 * Math.max(0, ...labels.map((label) => label.length));
  const ends = shown.flatMap(({ limit, processes }) => [
    limit,
    1 / limit,
    ...processes.flatMap(({ ratio }) => (ratio === undefined ? [] : [ratio.low, ratio.high])),
  ]);
  const [from, to] = [Math.min(0.8, ...ends) / 1.02, Math.max(1.25, ...ends) * 1.02];
  const x = scale({ from, to, start: left, end: WIDTH - 130, logarithmic: true });
  const bottom = 40 + shown.length * 26;
  const marks = [0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4, 5, 10].filter(
    (v) => v >= from && v <= to,
  );
  const title = `${head} to ${base}: left is faster`;
  const parts = [
    text(10, 20, title, { class: 'title' }),
    ...marks.flatMap((mark) => [
      element('path', { d: `M${x(mark).toFixed(1)} 34V${bottom}`, class: mark === 1 ? 'axis' : 'grid' }),
      text(x(mark), bottom + 16, mark, { class: 'faint', 'text-anchor': 'middle' }),
    ]),
  ];
  for (const [i, result] of shown.entries()) {
    const middle = 52 + i * 26;
    const fill = { regression: colour(5), improvement: colour(2), inconclusive: colour(0), new: colour(7) }[
      result.verdict
    ];
    parts.push(text(left - 8, middle + 4, labels[i], { 'text-anchor': 'end' }));
    for (const edge of [1 / result.limit, result.limit]) {
      const d = `M${x(edge).toFixed(1)} ${middle - 11}V${middle + 11}`;
      parts.push(element('path', { d, class: 'axis', 'stroke-dasharray': '3 2' }));
    }
    for (const [n, { ratio }] of result.processes.entries()) {
      if (ratio === undefined) continue;
      const y = middle + (n - (result.processes.length - 1) / 2) * 6;
      parts.push(
        element('path', {
          d: `M${x(ratio.low).toFixed(1)} ${y}H${x(ratio.high).toFixed(1)}`,
          class: 'line',
          stroke: fill,
        }),
        element('circle', { cx: x(ratio.median), cy: y, r: 2.5, fill }),
      );
    }
    parts.push(text(WIDTH - 120, middle + 4, `${ratioOf(result)?.toFixed(3)} ${result.verdict}`, { class: 'faint' }));
  }
  return picture({ width: WIDTH, height: bottom + 28, title }, parts);
}

/**
 * Draws how the cases went over the commits: the product of the ratios, since the first. A gap between two
 * comparisons, whose base is not the head before it, begins anew at 1.
 * @param {readonly Entry[]} history
 * @returns {string}
 */
export function drawTrend(history) {
  const names = [...new Set(history.flatMap(({ ratios }) => Object.keys(ratios)))].toSorted();
  /** @type {Map<string, { at: number, value: number }[][]>} */
  const lines = new Map(names.map((name) => [name, []]));
  for (const [i, { base, ratios }] of history.entries()) {
    const follows = history[i - 1]?.head === base;
    for (const name of names) {
      const ratio = ratios[name];
      const runs = /** @type {{ at: number, value: number }[][]} */ (lines.get(name));
      if (ratio === undefined) continue;
      const run = runs.at(-1);
      const last = run?.at(-1);
      if (follows && run !== undefined && last?.at === i) run.push({ at: i + 1, value: last.value * ratio });
      else
        runs.push([
          { at: i, value: 1 },
          { at: i + 1, value: ratio },
        ]);
    }
  }
  const values = [...lines.values()].flat(2).map(({ value }) => value);
  const [from, to] = [Math.min(0.8, ...values) / 1.02, Math.max(1.25, ...values) * 1.02];
  const [left, top, bottom] = [60, 40, 300];
  const right = WIDTH - 20 - 6.6 * Math.max(10, ...names.map((name) => name.length));
  const y = scale({ from, to, start: bottom, end: top, logarithmic: true });
  const x = scale({ from: 0, to: Math.max(history.length, 1), start: left + 5, end: right - 10 });
  const title = 'the cases over the commits, the first is 1: lower is faster';
  const commits = history.length === 0 ? [] : [history[0]?.base, ...history.map(({ head }) => head)];
  const every = Math.ceil(commits.length / 8);
  const parts = [
    text(10, 20, title, { class: 'title' }),
    ...ticks(from, to).flatMap((tick) => [
      element('path', { d: `M${left} ${y(tick).toFixed(1)}H${right.toFixed(1)}`, class: tick === 1 ? 'axis' : 'grid' }),
      text(left - 6, y(tick) + 4, tick, { class: 'faint', 'text-anchor': 'end' }),
    ]),
    ...commits.flatMap((commit, i) =>
      i % every === 0 ? [text(x(i), bottom + 18, commit, { class: 'faint', 'text-anchor': 'middle' })] : [],
    ),
  ];
  const labels = [];
  for (const [i, name] of names.entries()) {
    const runs = lines.get(name) ?? [];
    for (const run of runs) {
      const points = run.map(({ at, value }) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('L');
      parts.push(element('path', { d: `M${points}`, class: 'line', stroke: colour(i) }));
    }
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined) labels.push({ name, y: y(last.value), fill: colour(i) });
  }
  let above = -Infinity;
  for (const label of labels.toSorted((a, b) => a.y - b.y)) {
    above = Math.max(label.y, above + 15);
    parts.push(
      element('circle', { cx: right, cy: above, r: 4, fill: label.fill }),
      text(right + 8, above + 4, label.name),
    );
  }
  return picture({ width: WIDTH, height: Math.max(bottom, above) + 30, title }, parts);
}
