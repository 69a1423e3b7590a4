// A failing execution for a terminal: a column for each thread, a row for each step with the
// values it saw and the line it stands on, why another thread came to run, and where the
// threads stand at the end. Fits 120 columns by shorter names; where that is not enough, the
// threads share one column.

import type { Body, Found } from '../engine/explore.ts';
import { encodeSchedule, replay } from '../engine/replay.ts';
import { traceOf, type ModelTrace, type TracePlace, type TraceRow } from './trace.ts';

const WIDTH = 120;
/** The mark and the number before a row. */
const MARGIN = 7;
const LONGEST_SOURCE = 112;
const LONGEST_TEXT = 60;
const LONGEST_NAME = 20;
const SEPARATOR = ' | ';

/** Replays a failure, for the trace of the execution that shows it. */
export function showFailure(body: Body, found: Found): { readonly report: string; readonly trace: ModelTrace } {
  const replayed = replay(body, found.schedule);
  const trace = traceOf(replayed, replayed.failure ?? found.failure, encodeSchedule(found.schedule));
  return { report: formatTable(trace), trace };
}

/** Formats a trace for a terminal. */
export function formatTable(trace: ModelTrace): string {
  const { failure, schedule } = trace;
  return [
    failure === undefined ? 'an execution that does not fail' : `${failure.kind}: ${failure.message}`,
    '',
    ...tableOf(trace),
    '',
    ...explanation(trace),
    `  replay: ${schedule === '' ? "'' (no choices)" : schedule}`,
  ].join('\n');
}

/** A cell: what a thread did, and where. */
interface Cell {
  readonly column: number;
  readonly text: string;
  readonly at: string;
}

/** A way to make the table narrower. */
interface Style {
  readonly place: (place: TracePlace) => string;
  /** The most characters of a name of memory. */
  readonly memory: number;
  /** Whether reads name the write they saw. */
  readonly hasOrigins: boolean;
}

function tableOf(trace: ModelTrace): string[] {
  const { rows, threads } = trace;
  // Starts and joins would make each table longer and say little: only the page shows them.
  const shown = rows.filter(({ number }) => number !== undefined);
  if (shown.length === 0) return ['  no thread takes a step on shared memory'];
  const columns = threads.flatMap((name, thread) =>
    shown.some((row) => row.thread === thread) ? [{ name, thread }] : [],
  );
  const cellsIn = (style: Style): Cell[] =>
    shown.map((row) => ({
      column: columns.findIndex(({ thread }) => thread === row.thread),
      text: fit(abbreviate(row, style.memory) + (style.hasOrigins ? origin(rows, row) : ''), LONGEST_TEXT),
      at: row.at === undefined ? '' : style.place(row.at),
    }));
  const widthsOf = (cells: readonly Cell[]): number[] =>
    columns.map(({ name }, column) =>
      Math.max(
        name.length,
        ...cells
          .filter((cell) => cell.column === column)
          .map(({ text, at }) => text.length + (at === '' ? 0 : at.length + 2)),
      ),
    );
  const styles = stylesFor(new Set(rows.flatMap(({ at }) => at?.file ?? [])).size === 1);
  let cells: Cell[] = [];
  let widths: number[] = [];
  const isWide = styles.every((style) => {
    cells = cellsIn(style);
    widths = widthsOf(cells);
    return MARGIN + widths.reduce((sum, width) => sum + width + SEPARATOR.length, -SEPARATOR.length) > WIDTH;
  });
  if (isWide) return listOf(trace, shown, styles[0]!);
  const line = (mark: string, texts: readonly string[]): string =>
    `${mark.padStart(5)}  ${texts.map((text, column) => text.padEnd(widths[column]!)).join(SEPARATOR)}`.trimEnd();
  return [
    line(
      '#',
      columns.map(({ name }) => name),
    ),
    ...shown.map((row, n) => {
      const cell = cells[n]!;
      const { interrupted, isFailing, number } = row;
      return line(
        `${isFailing ? '> ' : ''}${number}`,
        columns.map(({ thread }, column) => {
          if (column === cell.column) return cell.text.padEnd(widths[column]! - cell.at.length) + cell.at;
          return interrupted?.thread === thread ? fit(`(${interrupted.reason})`, widths[column]!) : '';
        }),
      );
    }),
  ];
}

/** Lists the steps of threads that are too many for a column each. */
function listOf({ rows, threads }: ModelTrace, shown: readonly TraceRow[], style: Style): string[] {
  const name = (thread: number): string => fit(threads[thread]!, LONGEST_NAME);
  const width = Math.max(...shown.map(({ thread }) => name(thread).length));
  return shown.map((row) => {
    const { number, thread, at, interrupted, isFailing } = row;
    const why =
      interrupted === undefined
        ? ''
        : `  (${name(interrupted.thread)} ${interrupted.reason === 'preempted' ? 'is preempted' : interrupted.reason})`;
    const text = `${abbreviate(row, style.memory)}${origin(rows, row)}  ${at === undefined ? '' : style.place(at)}${why}`;
    return fit(`${`${isFailing ? '> ' : ''}${number}`.padStart(5)}  ${name(thread).padEnd(width)}  ${text}`, WIDTH);
  });
}

/** From the plainest table to the narrowest. */
function stylesFor(hasOneFile: boolean): Style[] {
  const name = ({ file, line }: TracePlace): string => `${file.split('/').at(-1)}:${line}`;
  const stem = (place: TracePlace): string => name(place).replace(/(?:\.(?:test|model|spec))?\.[cm]?[jt]sx?:/, ':');
  const line = (place: TracePlace): string => (hasOneFile ? `:${place.line}` : stem(place));
  return [
    { place: name, memory: 40, hasOrigins: true },
    { place: stem, memory: 40, hasOrigins: true },
    { place: stem, memory: 16, hasOrigins: true },
    { place: line, memory: 16, hasOrigins: true },
    { place: line, memory: 10, hasOrigins: true },
    { place: line, memory: 10, hasOrigins: false },
  ];
}

/** Shortens the name of the memory in a row: its end says more than its beginning. */
function abbreviate({ text, memory }: TraceRow, most: number): string {
  if (memory.length <= most) return text;
  const short = memory.replace(/^memory(\d*)\.\w+\[/, 'm$1[');
  return text.replace(memory, short.length <= most ? short : `…${memory.slice(1 - most)}`);
}

function fit(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Names the write that a read saw, where it is another thread's and does not stand just above. */
function origin(rows: readonly TraceRow[], { readsFrom, thread, number }: TraceRow): string {
  if (readsFrom === undefined || rows[readsFrom]!.thread === thread) return '';
  const written = rows[readsFrom]!.number!;
  return number! - written <= 2 ? '' : ` (of ${written})`;
}

function explanation({ failure, rows, threads, standing }: ModelTrace): string[] {
  const lines: string[] = [];
  const source = (at: TracePlace | undefined): void => {
    if (at !== undefined) lines.push(`      ${fit(at.source, LONGEST_SOURCE)}`);
  };
  // Who only waits for the others says least.
  const last = standing.filter(({ state }) => state === 'joins');
  for (const { thread, text, because, at } of [...standing.filter(({ state }) => state !== 'joins'), ...last]) {
    const where = at === undefined ? '' : ` at ${at.file}:${at.line}`;
    lines.push(`  ${threads[thread]} ${text}${where}${because === '' ? '' : `: ${because}`}`);
    source(at);
  }
  if (standing.length === 0 && failure !== undefined) {
    for (const { thread, at } of rows.filter(({ isFailing }) => isFailing)) {
      if (at === undefined) continue;
      lines.push(`  ${threads[thread]} at ${at.file}:${at.line}`);
      source(at);
    }
    if (failure.kind === 'data-race') {
      lines.push('  Nothing orders the two: no atomic read of an atomic write, no wake-up, no spawn or join.');
    }
  }
  if (lines.length > 0) lines.push('');
  return lines;
}
