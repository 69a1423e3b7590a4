// @ts-check
// The charts of a comparison, one panel for each runtime it ran on: bars of the figures, lines
// over the parameter, or the distribution of latencies.

import { colour, element, picture, scale, text, ticks } from '../../../bench-gate/src/svg.mjs';
import { round, time } from './describe.mjs';
import { bucketsOf, bucketStart } from './latency.mjs';
import { isRate } from './unit.mjs';

/** @typedef {import('./results.mjs').ComparisonResult} ComparisonResult */
/** @typedef {import('./results.mjs').Run} Run */

/** @typedef {{ height: number, parts: string[] }} Panel drawn from its top at 0 */

const WIDTH = 720;
const LEFT = 60;
const RIGHT = 20;

/**
 * Draws a comparison, or gives nothing if it has no chart.
 * @param {ComparisonResult} result
 * @returns {string | undefined}
 */
export function drawChart(result) {
  const draw = { bars, lines, latency: latencies, none: undefined }[result.chart ?? 'none'];
  if (draw === undefined) return undefined;
  const names = [...new Set(Object.values(result.runs).flatMap((run) => run.subjects.map(({ subject }) => subject)))];
  const parts = [];
  let top = 0;
  for (const key of Object.keys(result.runs).toSorted()) {
    const run = /** @type {Run} */ (result.runs[key]);
    const panel = draw(result, run, names);
    const hint = isRate(result.unit) ? '' : ' (less is better)';
    const heading = text(10, 20, `${result.title}, ${run.runtime}${hint}`, { class: 'title' });
    parts.push(element('g', { transform: `translate(0 ${top})` }, [heading, ...panel.parts].join('\n')));
    top += panel.height;
  }
  return picture({ width: WIDTH, height: top, title: result.title }, parts);
}

/**
 * @param {ComparisonResult} result
 * @param {Run} run
 * @param {readonly string[]} names
 * @returns {Panel}
 */
function bars(result, run, names) {
  const subjects = run.subjects.filter(({ figure }) => figure !== undefined);
  const labels = subjects.map(({ subject, parameter }) =>
    parameter === undefined ? subject : `${subject}, ${parameter}`,
  );
  const left = 20 + 6.6 * Math.max(...labels.map((label) => label.length));
  const most = Math.max(...subjects.map(({ figure = 0 }) => figure));
  const x = scale({ from: 0, to: most, start: left, end: WIDTH - 130 });
  const parts = subjects.flatMap(({ subject, figure = 0, ratio }, i) => {
    const y = 36 + i * 24;
    const times = ratio === undefined || subject === result.reference ? '' : `, ×${round(ratio.median)}`;
    return [
      text(left - 8, y + 12, labels[i], { 'text-anchor': 'end' }),
      element('rect', {
        x: left,
        y,
        width: Math.max(x(figure) - left, 1),
        height: 16,
        fill: colour(names.indexOf(subject)),
      }),
      text(x(figure) + 6, y + 12, `${round(figure)} ${result.unit}${times}`, { class: 'faint' }),
    ];
  });
  return { height: 36 + subjects.length * 24 + 14, parts };
}

/**
 * @param {ComparisonResult} result
 * @param {Run} run
 * @param {readonly string[]} names
 * @returns {Panel}
 */
function lines(result, run, names) {
  const subjects = run.subjects.filter(({ figure }) => figure !== undefined);
  const values = [...new Set(subjects.map(({ parameter }) => /** @type {string | number} */ (parameter)))];
  const figures = subjects.map(({ figure = 1 }) => figure);
  const [top, bottom] = [50, 270];
  const logarithmic = Math.max(...figures) / Math.min(...figures) > 8;
  const [from, to] = logarithmic
    ? [Math.min(...figures) / 1.2, Math.max(...figures) * 1.2]
    : [0, Math.max(...figures) * 1.1];
  const y = scale({ from, to, start: bottom, end: top, logarithmic });
  const end = WIDTH - RIGHT - 8 - 6.6 * Math.max(...names.map((name) => name.length));
  const x = scale({ from: 0, to: Math.max(values.length - 1, 1), start: LEFT + 10, end: end - 10 });
  const parts = [
    ...ticks(from, to, logarithmic).flatMap((tick) => [
      element('path', { d: `M${LEFT} ${y(tick).toFixed(1)}H${end.toFixed(1)}`, class: 'grid' }),
      text(LEFT - 6, y(tick) + 4, round(tick), { class: 'faint', 'text-anchor': 'end' }),
    ]),
    ...values.map((value, i) => text(x(i), bottom + 18, value, { class: 'faint', 'text-anchor': 'middle' })),
    text((LEFT + end) / 2, bottom + 36, result.parameter ?? '', { class: 'faint', 'text-anchor': 'middle' }),
    text(LEFT - 6, top - 8, result.unit, { class: 'faint', 'text-anchor': 'end' }),
  ];
  /** @type {{ name: string, y: number, fill: string }[]} */
  const labels = [];
  for (const [i, name] of names.entries()) {
    const points = values.flatMap((value, n) => {
      const found = subjects.find(({ subject, parameter }) => subject === name && parameter === value);
      return found?.figure === undefined ? [] : [{ x: x(n), y: y(found.figure) }];
    });
    const last = points.at(-1);
    if (last === undefined) continue;
    const path = points.map((point) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join('L');
    parts.push(element('path', { d: `M${path}`, class: 'line', stroke: colour(i) }));
    parts.push(...points.map((point) => element('circle', { cx: point.x, cy: point.y, r: 3, fill: colour(i) })));
    labels.push({ name, y: last.y, fill: colour(i) });
  }
  // Labels of lines that end close to each other would hide one another.
  let above = -Infinity;
  for (const label of labels.toSorted((a, b) => a.y - b.y)) {
    above = Math.max(label.y, above + 15);
    parts.push(
      element('circle', { cx: end + 4, cy: above, r: 4, fill: label.fill }),
      text(end + 12, above + 4, label.name),
    );
  }
  return { height: bottom + 50, parts };
}

/**
 * @param {ComparisonResult} _
 * @param {Run} run
 * @param {readonly string[]} names
 * @returns {Panel}
 */
function latencies(_, run, names) {
  const subjects = run.subjects.flatMap(({ subject, parameter, latency }) => {
    if (latency === undefined) return [];
    const label = parameter === undefined ? subject : `${subject}, ${parameter}`;
    return [{ label, fill: colour(names.indexOf(subject)), latency, buckets: bucketsOf(latency) }];
  });
  // What one in a thousand takes is left out at either end: it would squeeze the rest.
  const edges = subjects.flatMap(({ latency, buckets }) => {
    let below = 0;
    const inside = buckets.filter(([, count]) => {
      const middle = (below + count / 2) / latency.count;
      below += count;
      return middle > 0.001 && middle < 0.999;
    });
    return inside.map(([bucket]) => bucket);
  });
  const [first, last] = [Math.min(...edges) - 1, Math.max(...edges) + 2];
  const [top, bottom] = [40, 240];
  const x = scale({ from: first, to: last, start: LEFT, end: WIDTH - RIGHT });
  const most = Math.max(
    ...subjects.flatMap(({ latency, buckets }) => buckets.map(([, count]) => count / latency.count)),
  );
  const y = scale({ from: 0, to: most, start: bottom, end: top });
  const parts = [
    ...ticks(bucketStart(first), bucketStart(last), true).flatMap((tick) => {
      const place = x(Math.log2(tick) * 12);
      return [
        element('path', { d: `M${place.toFixed(1)} ${top}V${bottom}`, class: 'grid' }),
        text(place, bottom + 18, time(tick), { class: 'faint', 'text-anchor': 'middle' }),
      ];
    }),
    element('path', { d: `M${LEFT} ${bottom}H${WIDTH - RIGHT}`, class: 'axis' }),
    text(LEFT - 6, top + 4, `${round(most * 100)} %`, { class: 'faint', 'text-anchor': 'end' }),
    text(LEFT - 6, bottom, '0', { class: 'faint', 'text-anchor': 'end' }),
  ];
  for (const [i, { label, fill, latency, buckets }] of subjects.entries()) {
    const counts = new Map(buckets);
    let path = '';
    for (let bucket = first; bucket < last; bucket++) {
      const place = y((counts.get(bucket) ?? 0) / latency.count).toFixed(1);
      path += `${path === '' ? 'M' : 'L'}${x(bucket).toFixed(1)} ${place}H${x(bucket + 1).toFixed(1)}`;
    }
    parts.push(element('path', { d: path, class: 'line', stroke: fill }));
    const row = bottom + 40 + i * 18;
    parts.push(element('rect', { x: LEFT, y: row - 9, width: 12, height: 10, fill }), text(LEFT + 18, row, label));
  }
  return { height: bottom + 40 + subjects.length * 18 + 10, parts };
}
