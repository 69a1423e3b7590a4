// What the console shows: a screen full of lines, made from the last answer and from what the
// user has chosen. No terminal is needed for that.

import { stripVTControlCharacters, styleText } from 'node:util';
import type { TaskSnapshot } from '../tracing/monitor.ts';
import { type Column, COLUMNS, columnOf, printable, sortTasks } from './columns.ts';
import type { SnapshotAnswer } from './protocol.ts';
import { renderRuntime } from './runtimes.ts';

/** Is what the user has chosen. */
export interface View {
  readonly sort: string;
  readonly inverted: boolean;
  readonly hidesFinished: boolean;
  readonly isPaused: boolean;
  /** Is the line of the selected task. */
  readonly selected: number;
}

/** Is how a view begins: what looks wrong comes first. */
export const FIRST_VIEW: View = {
  sort: 'warnings',
  inverted: false,
  hidesFinished: false,
  isPaused: false,
  selected: 0,
};

const HELP = '←→ sort  i invert  ↑↓ select  f hide finished  space pause  g collect garbage  q quit';
/** Names are cut beyond so many characters. */
const WIDEST = 28;

/** Lists the tasks in the order of a view. */
export function visibleTasks({ snapshot }: SnapshotAnswer, view: View): TaskSnapshot[] {
  const tasks = snapshot.tasks.filter(({ state }) => !view.hidesFinished || state !== 'finished');
  return sortTasks(tasks, columnOf(view.sort)!, view.inverted);
}

/** Writes the table, the head first, a line for each task. */
export function renderTable(tasks: readonly TaskSnapshot[], view: View): string[] {
  const cells = tasks.map((task) => COLUMNS.map((column) => cut(column.text(task), WIDEST)));
  const titles = COLUMNS.map(({ key, title }) => (key === view.sort ? `${title}${view.inverted ? '▴' : '▾'}` : title));
  const widths = titles.map((title, i) =>
    Math.max(...[title, ...cells.map((row) => row[i]!)].map((text) => text.length)),
  );
  return [titles, ...cells].map((row) =>
    row
      .map((text, i) => pad(text, widths[i]!, COLUMNS[i]!))
      .join('  ')
      .trimEnd(),
  );
}

/** Says what program it is, and how many tasks it has and had. */
export function renderHead({ program, snapshot: { totals, omitted } }: SnapshotAnswer): string {
  const thread = program.thread === 0 ? '' : ` thread ${program.thread}`;
  const ended = (['value', 'panicked', 'cancelled', 'collected'] as const)
    .filter((outcome) => totals[outcome] > 0)
    .map((outcome) => `, ${totals[outcome]} ${outcome === 'value' ? 'finished' : outcome}`);
  const more = omitted > 0 ? `, ${omitted} not shown` : '';
  const title = printable(`${program.pid}${thread} ${program.title} (${program.runtime})`);
  return `${title}: ${totals.live} living${ended.join('')}${more}`;
}

/** Writes the warnings of a task in full, and where it was spawned. */
export function renderDetails(task: TaskSnapshot): string[] {
  const name = task.name === undefined ? '' : ` ${JSON.stringify(printable(task.name))}`;
  const parent = task.parent === undefined ? '' : ` by task ${task.parent}`;
  const place = task.location === undefined ? '' : ` at ${printable(task.location)}`;
  const taken = task.polls === 0 ? 'not polled yet' : `took its waker in ${task.wakerTakes} of ${task.polls} polls`;
  const warnings = task.warnings.map(({ kind, message }) => `  ${kind}: ${printable(message)}`);
  return [`task ${task.id}${name}: spawned${parent}${place}; ${taken}`, ...warnings];
}

/** Writes a whole screen of at most `rows` lines of at most `columns` characters. */
export function renderScreen(
  answer: SnapshotAnswer,
  view: View,
  size: { readonly rows: number; readonly columns: number },
  notice = '',
): string[] {
  const tasks = visibleTasks(answer, view);
  const selected = Math.min(view.selected, tasks.length - 1);
  const details = tasks[selected] === undefined ? [] : renderDetails(tasks[selected]);
  const runtimes = (answer.runtimes ?? []).flatMap((runtime) => renderRuntime(runtime, Math.floor(size.rows / 4)));
  const above = runtimes.slice(0, Math.max(0, size.rows - details.length - 5));
  const room = Math.max(1, size.rows - details.length - above.length - 4);
  const first = Math.max(0, Math.min(selected - room + 1, tasks.length - room));
  const [titles, ...rows] = renderTable(tasks.slice(first, first + room), view);
  const fit = (text: string): string => cut(text, size.columns);
  const lines = [
    style('bold', fit(renderHead(answer))),
    ...above.map(fit),
    style('underline', fit(titles!)),
    ...rows.map((row, i) =>
      first + i === selected ? style('inverse', fit(row)) : colored(tasks[first + i]!, fit(row)),
    ),
    '',
    ...details.map(fit),
    style('dim', fit(notice === '' ? `${view.isPaused ? 'paused  ' : ''}${HELP}` : notice)),
  ];
  return lines.slice(0, size.rows);
}

/** Gives the view after a key was pressed; keys that mean nothing change nothing. */
export function pressKey(view: View, key: string, taskCount: number): View {
  const most = Math.max(0, taskCount - 1);
  const at = COLUMNS.findIndex((column) => column.key === view.sort);
  switch (key) {
    case 'left':
      return { ...view, sort: COLUMNS[Math.max(0, at - 1)]!.key };
    case 'right':
      return { ...view, sort: COLUMNS[Math.min(COLUMNS.length - 1, at + 1)]!.key };
    case 'up':
      return { ...view, selected: Math.max(0, Math.min(view.selected, most) - 1) };
    case 'down':
      return { ...view, selected: Math.min(most, view.selected + 1) };
    case 'i':
      return { ...view, inverted: !view.inverted };
    case 'f':
      return { ...view, hidesFinished: !view.hidesFinished };
    case 'space':
      return { ...view, isPaused: !view.isPaused };
    default:
      return view;
  }
}

function colored({ warnings, state }: TaskSnapshot, text: string): string {
  if (state === 'finished') return style('dim', text);
  if (warnings.length === 0) return text;
  return style(warnings[0]!.kind === 'lost-waker' ? 'red' : 'yellow', text);
}

function style(format: Parameters<typeof styleText>[0], text: string): string {
  return text === '' ? text : styleText(format, text);
}

function pad(text: string, width: number, { isNumber }: Column): string {
  return isNumber ? text.padStart(width) : text.padEnd(width);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Removes colours. */
export const plain: (text: string) => string = stripVTControlCharacters;
