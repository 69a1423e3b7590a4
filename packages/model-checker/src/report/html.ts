// One execution as a page: a lane for each thread, a row for each step, arrows for what
// happens before what. One file, without scripts and without anything from elsewhere, so that
// it can be kept as an artifact of a CI run. All rows are equally high and all lanes equally
// wide, so that the arrows are computed here and need no layout.

import type { Statistics } from '../model.ts';
import { PAGE_STYLE } from './style.ts';
import type { ModelTrace, TraceEdge, TraceRow } from './trace.ts';

const ROW = 30;
const HEAD = 34;
const NUMBER = 52;
/** The width of a character of the rows' font, and what surrounds them. */
const CHARACTER = 7.3;
const PADDING = 56;
const NARROWEST = 170;
const WIDEST = 460;
/** Between two lanes: here the arrows turn. */
const GAP = 44;

const VERB: Readonly<Record<TraceEdge['kind'], string>> = {
  'reads-from': 'is read by',
  wakes: 'leads to',
  spawns: 'leads to',
  joins: 'comes before',
};

/**
 * Formats an execution as one self-contained HTML page.
 *
 * @param of - a trace, or what has one: a `ModelFailure`, or what `replay` returns
 * @param statistics - of the exploration that found it
 */
export function formatHtml(of: ModelTrace | { readonly trace: ModelTrace }, statistics?: Statistics): string {
  const trace = 'trace' in of ? of.trace : of;
  const { failure, threads, rows, edges, standing, schedule } = trace;
  const lanes = threads.flatMap((_, thread) => (rows.some((row) => row.thread === thread) ? [thread] : []));
  const longest = Math.max(
    0,
    ...rows.map(({ text, at }) => text.length + (at === undefined ? 0 : fileAndLine(at).length + 2)),
  );
  const lane = Math.round(Math.min(WIDEST, Math.max(NARROWEST, longest * CHARACTER + PADDING)));
  const width = NUMBER + lanes.length * (lane + GAP) - GAP;
  const height = HEAD + rows.length * ROW;
  const laneOf = (thread: number): number => NUMBER + lanes.indexOf(thread) * (lane + GAP);
  const title = failure === undefined ? 'An execution that does not fail' : `${failure.kind}: ${failure.message}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${failure === undefined ? 'passes' : escape(failure.kind)}</h1>
<p class="message">${escape(failure?.message ?? 'An execution that does not fail')}</p>
${standing.length === 0 ? '' : `<ul class="standing">${standing.map((stand) => standingItem(stand, threads)).join('')}</ul>`}
</header>
<main style="width:${width}px;height:${height}px">
${lanes.map((thread) => `<div class="lane" style="left:${laneOf(thread)}px;width:${lane}px;height:${height}px"><h2>${escape(threads[thread]!)}</h2></div>`).join('\n')}
<ol>
${rows.map((row, index) => rowItem(row, index, rows, laneOf(row.thread), lane)).join('\n')}
</ol>
<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="What happens before what">
<defs>${['reads-from', 'wakes', 'spawns', 'joins'].map((kind) => `<marker id="${kind}" class="${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`).join('')}</defs>
${edges.map((edge) => arrow(edge, rows, laneOf, lane)).join('\n')}
</svg>
</main>
<footer>
<p class="legend"><span class="reads-from">reads from</span> <span class="wakes">wakes</span> <span class="spawns">spawns</span> <span class="joins">joins</span> <span class="plain">plain access</span> <span class="failing">fails</span></p>
<p>replay: <code>${escape(schedule)}</code></p>
${statistics === undefined ? '' : `<p>${escape(summary(statistics))}</p>`}
</footer>
</body>
</html>
`;
}

function standingItem(
  { thread, text, because, at }: ModelTrace['standing'][number],
  threads: readonly string[],
): string {
  const where = at === undefined ? '' : ` at <code>${escape(`${at.file}:${at.line}`)}</code>`;
  return `<li><b>${escape(threads[thread]!)}</b> ${escape(text)}${where}${because === '' ? '' : `: ${escape(because)}`}</li>`;
}

function rowItem(row: TraceRow, index: number, rows: readonly TraceRow[], left: number, width: number): string {
  const { number, kind, text, at, isPlain, isFailing, readsFrom, interrupted } = row;
  const classes = [
    kind === 'spin' ? 'spin' : isPlain ? 'plain' : 'step',
    ...(isFailing ? ['failing'] : []),
    ...(kind === 'spawn' || kind === 'join' ? ['quiet'] : []),
  ];
  const from =
    readsFrom === undefined
      ? ''
      : `<i>reads what row ${rows[readsFrom]!.number} wrote: ${escape(rows[readsFrom]!.text)}</i>`;
  const switched =
    interrupted === undefined ? '' : `<i>runs because the thread before ${escape(reason(interrupted.reason))}</i>`;
  const source = at === undefined ? '' : `<code>${escape(at.source)}</code><i>${escape(`${at.file}:${at.line}`)}</i>`;
  const more = source + from + switched;
  return (
    `<li class="${classes.join(' ')}" style="top:${HEAD + index * ROW}px" tabindex="0"><b class="number">${number ?? ''}</b>` +
    `<span class="cell" style="left:${left}px;width:${width}px"><span class="what">${escape(text)}</span>` +
    `<span class="at">${at === undefined ? '' : escape(fileAndLine(at))}</span></span>` +
    (more === '' ? '' : `<span class="more" style="left:${left + 12}px">${more}</span>`) +
    `</li>`
  );
}

function reason(text: string): string {
  return text === 'preempted'
    ? 'was preempted'
    : text === 'idle'
      ? 'is idle'
      : text === 'terminated'
        ? 'was terminated'
        : text;
}

function fileAndLine({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file.split('/').at(-1)}:${line}`;
}

/** Draws an arrow between the facing edges of two cells. */
function arrow(
  { from, to, kind }: TraceEdge,
  rows: readonly TraceRow[],
  laneOf: (thread: number) => number,
  lane: number,
): string {
  const start = laneOf(rows[from]!.thread);
  const end = laneOf(rows[to]!.thread);
  const isRightwards = end > start;
  const x1 = isRightwards ? start + lane + 1 : start - 1;
  const x2 = isRightwards ? end - 1 : end + lane + 1;
  const y1 = HEAD + (from + 0.5) * ROW;
  const y2 = HEAD + (to + 0.5) * ROW;
  const bend = Math.max(GAP * 0.75, Math.abs(x2 - x1) / 3) * (isRightwards ? 1 : -1);
  return (
    `<path class="arrow ${kind}" marker-end="url(#${kind})" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}">` +
    `<title>${escape(`${rows[from]!.text} ${VERB[kind]} ${rows[to]!.text}`)}</title></path>`
  );
}

function summary(statistics: Statistics): string {
  const { executions, cut, repeated, truncated, steps, seconds, preemptionBound, isExhaustive } = statistics;
  const bound = preemptionBound < 0 ? '' : `, all schedules with up to ${preemptionBound} preemptions`;
  if (executions === 0) return `found by the search with few preemptions, ${seconds.toFixed(2)} s`;
  return (
    `${executions} executions, ${cut} cut, ${repeated} repeated, ${truncated} truncated, ${steps} steps, ` +
    `${seconds.toFixed(2)} s${bound}${isExhaustive ? ', exhaustive' : ''}`
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
