// The columns of the console's table: what they show, and how tasks are sorted by them.

import type { TaskSnapshot } from '../tracing/monitor.ts';

/** Is one column. */
export interface Column {
  readonly key: string;
  readonly title: string;
  /** Is what the column sorts by. */
  readonly value: (task: TaskSnapshot) => number | string;
  readonly text: (task: TaskSnapshot) => string;
  /** Numbers stand to the right, and the largest comes first. */
  readonly isNumber: boolean;
}

function count(key: string, title: string, value: (task: TaskSnapshot) => number): Column {
  return { key, title, value, text: (task) => String(value(task)), isNumber: true };
}

function duration(key: string, title: string, value: (task: TaskSnapshot) => number): Column {
  return { key, title, value, text: (task) => formatDuration(value(task)), isNumber: true };
}

function words(key: string, title: string, value: (task: TaskSnapshot) => string): Column {
  return { key, title, value, text: value, isNumber: false };
}

/** Lists all columns, from left to right. */
export const COLUMNS: readonly Column[] = [
  {
    key: 'warnings',
    title: 'warnings',
    value: ({ warnings }) => warnings.length,
    text: ({ warnings }) => warnings.map(({ kind }) => kind).join(','),
    isNumber: false,
  },
  count('id', 'id', ({ id }) => id),
  words('name', 'name', ({ name }) => printable(name ?? '')),
  words('state', 'state', ({ state, outcome }) => (outcome === undefined ? state : outcomeText(outcome))),
  duration('age', 'age', ({ age }) => age),
  duration('busy', 'busy', ({ busy }) => busy),
  duration('scheduled', 'sched', ({ scheduled }) => scheduled),
  duration('idle', 'idle', ({ idle }) => idle),
  count('polls', 'polls', ({ polls }) => polls),
  duration('longest', 'longest', ({ longestPoll }) => longestPoll),
  count('wakes', 'wakes', ({ wakes }) => wakes),
  count('self', 'self', ({ selfWakes }) => selfWakes),
  count('wakers', 'wakers', ({ wakers }) => wakers),
  count('executor', 'exec', ({ executor }) => executor),
  words('location', 'spawned at', ({ location }) => shortLocation(printable(location ?? ''))),
];

function outcomeText(outcome: string): string {
  return outcome === 'value' ? 'finished' : outcome;
}

/** Finds a column by its key. */
export function columnOf(key: string): Column | undefined {
  return COLUMNS.find((column) => column.key === key);
}

/** Sorts by a column: numbers and warnings from the largest, words from A; ties by id. */
export function sortTasks(tasks: readonly TaskSnapshot[], { value, key }: Column, inverted: boolean): TaskSnapshot[] {
  const sign = inverted ? -1 : 1;
  return tasks.toSorted((a, b) => {
    const left = value(a);
    const right = value(b);
    if (left === right) return a.id - b.id;
    const rises = left < right ? -1 : 1;
    return sign * (typeof left === 'string' || key === 'id' ? rises : -rises);
  });
}

/** Writes milliseconds in the unit that suits, from microseconds to days, in at most eight characters. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1) return `${(milliseconds * 1000).toFixed(0)}µs`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${String(Math.floor(seconds % 60)).padStart(2, '0')}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d${String(hours % 24).padStart(2, '0')}h`;
}

/** Replaces what a terminal would take for a command: names come from the program. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

function shortLocation(location: string): string {
  return location.split(/[\\/]/).slice(-2).join('/');
}
