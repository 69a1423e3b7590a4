// The ordering table of a record, read and written.

/** The columns of an ordering table, in their order. */
export const COLUMNS = [
  'id',
  'where',
  'access',
  'needs at least',
  'synchronises with',
  'breaks if weakened',
  'killed by',
] as const;

/** Names a column. */
export type Column = (typeof COLUMNS)[number];

/** Is a row of an ordering table. */
export interface Row {
  readonly id: string;
  /** The line in the record, from 1. */
  readonly line: number;
  readonly cells: Readonly<Record<Column, string>>;
}

/** Is an ordering table: its rows, and the first and last line that it takes in the record, from 1. */
export interface Table {
  /** The columns that it has, which should be {@link COLUMNS}. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly first: number;
  readonly last: number;
}

/** Is the id of a row that names what has no ids: the accesses of code under test. */
export const NO_ID = '–';

const HEAD = /^\|\s*id\s*\|/;

/**
 * Reads the ordering table of a record; undefined where it has none.
 */
export function parseTable(text: string): Table | undefined {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => HEAD.test(line));
  if (head < 0) return undefined;
  const columns = cellsOf(lines[head]!);
  let end = head + 2;
  while (lines[end]?.startsWith('|') === true) end++;
  const rows = lines.slice(head + 2, end).map((line, i) => {
    const values = cellsOf(line);
    const cells = Object.fromEntries(COLUMNS.map((column, c) => [column, values[c] ?? ''])) as Record<Column, string>;
    return { id: cells.id, line: head + 3 + i, cells };
  });
  return { columns, rows, first: head + 1, last: end };
}

/** Writes a record again with other rows in its table. */
export function replaceRows(text: string, table: Table, rows: readonly Readonly<Record<Column, string>>[]): string {
  const lines = text.split('\n');
  const all = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))];
  const widths = COLUMNS.map((_, c) => Math.max(3, ...all.map((cells) => cells[c]!.length)));
  const format = (cells: readonly string[]): string =>
    `| ${cells.map((cell, c) => cell + ' '.repeat(widths[c]! - cell.length)).join(' | ')} |`;
  const rule = format(widths.map((width) => '-'.repeat(width)));
  const [head, ...body] = all.map(format);
  lines.splice(table.first - 1, table.last - table.first + 1, head!, rule, ...body);
  return lines.join('\n');
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

/** Lists the ids that a cell names. */
export function idsIn(cell: string): string[] {
  return [...new Set([...cell.matchAll(/\b(?:[a-z][a-z-]*:)?[A-Z]\d+\b/g)].map(([id]) => id))];
}
