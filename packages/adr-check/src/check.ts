// The check: every record's form, and every ordering table against the source of its package.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Access, findAccesses } from './accesses.ts';
import { accessOf, whereOf } from './columns.ts';
import type { Drift } from './drift.ts';
import { checkPage } from './page.ts';
import { findSites, type Site } from './sites.ts';
import { type Column, COLUMNS, idsIn, NO_ID, parseTable, replaceRows, type Row, type Table } from './table.ts';
import { findRecords, findSubjects, type Subject } from './workspace.ts';

/** Lists all drifts of the repository at `root`. */
export function checkRepository(root: string): Drift[] {
  const records = findRecords(root);
  const pages = records.flatMap((file, i) => {
    const drifts = checkPage(root, file, readFileSync(join(root, file), 'utf8'));
    if (Number(/\d{4}/.exec(file)) !== i) drifts.push({ file, line: 1, message: `is number ${i} of the records` });
    return drifts;
  });
  const { subjects, withoutRecord } = findSubjects(root);
  const lacking = withoutRecord.map(({ folder, name }) => ({
    file: `packages/${folder}/package.json`,
    line: 1,
    message: `is published, and no record says "Package \`${name}\`." of it`,
  }));
  return [...pages, ...lacking, ...examine(root, subjects).flatMap(({ drifts }) => drifts)];
}

/** Rewrites the columns of all ordering tables that follow from the source; lists the records that changed. */
export function writeTables(root: string): string[] {
  return examine(root, findSubjects(root).subjects).flatMap(({ subject, table, derived }) => {
    if (table === undefined) return [];
    const path = join(root, subject.record);
    const text = readFileSync(path, 'utf8');
    const rows = table.rows.map(({ id, cells }) => ({ ...cells, ...derived.get(id) }));
    const written = replaceRows(text, table, rows);
    if (written === text) return [];
    writeFileSync(path, written);
    return [subject.record];
  });
}

/** What was found out about a package. */
interface Examined {
  readonly subject: Subject;
  readonly table: Table | undefined;
  readonly drifts: readonly Drift[];
  /** The cells that follow from the source, by the row's id. */
  readonly derived: ReadonlyMap<string, Cells>;
}

type Cells = Partial<Record<Column, string>>;

function examine(root: string, subjects: readonly Subject[]): Examined[] {
  const scopes = subjects.map((subject) => scopeOf(root, subject));
  const files = scopes.flatMap((scope) => scope.files);
  const accesses = findAccesses(
    join(root, 'tsconfig.base.json'),
    files.map((file) => join(root, file)),
  ).map((access) => ({ ...access, file: relative(root, access.file).replaceAll('\\', '/') }));
  return subjects.map((subject, i) => examineSubject(root, subject, scopes[i]!, accesses));
}

/** A package's table, and the files that it is about. */
interface Scope {
  readonly table: Table | undefined;
  readonly files: readonly string[];
  readonly drifts: readonly Drift[];
}

function scopeOf(root: string, { folder, record, sources }: Subject): Scope {
  const table = parseTable(readFileSync(join(root, record), 'utf8'));
  if (table === undefined) return { table, files: sources, drifts: [] };
  if (table.columns.join() !== COLUMNS.join()) {
    const message = `has the columns ${table.columns.join(', ')} instead of ${COLUMNS.join(', ')}`;
    return { table: undefined, files: sources, drifts: [{ file: record, line: table.first, message }] };
  }
  const exempt = table.rows.filter(({ id }) => id === NO_ID).flatMap(exemptFolders);
  const missing = exempt.filter(
    ({ path }) => !path.endsWith('/') || !existsSync(join(root, 'packages', folder, 'src', path)),
  );
  return {
    table,
    files: sources.filter((file) => !exempt.some(({ path }) => file.startsWith(`packages/${folder}/src/${path}`))),
    drifts: missing.map(({ path, line }) => ({
      file: record,
      line,
      message: `packages/${folder}/src/${path} is no folder`,
    })),
  };
}

/** Lists the folders whose accesses a row without an id takes out: `` `engine/` ``. */
function exemptFolders({ cells, line }: Row): { path: string; line: number }[] {
  return [...cells.where.matchAll(/`([^`]*)`/g)].map(([, path]) => ({ path: path!, line }));
}

function examineSubject(root: string, subject: Subject, scope: Scope, accesses: readonly Access[]): Examined {
  const { folder, record } = subject;
  const rows = scope.table?.rows.filter(({ id }) => id !== NO_ID) ?? [];
  const found = findSites(root, scope.files, accesses);
  const drifts: Drift[] = [...scope.drifts, ...found.drifts];
  const derived = new Map<string, Cells>();
  const byId = new Map<string, Site[]>();
  for (const site of found.sites) for (const id of site.ids) byId.set(id, [...(byId.get(id) ?? []), site]);
  for (const [id, [site]] of byId) {
    if (rows.some((row) => row.id === id)) continue;
    drifts.push({ file: site!.file, line: site!.line, message: `${id} has no row in ${record}` });
  }
  for (const [i, row] of rows.entries()) {
    const drift = (message: string): void => void drifts.push({ file: record, line: row.line, message });
    if (!/^[A-Z]\d+$/.test(row.id)) drift(`"${row.id}" is no id: a letter and a number`);
    if (rows.findIndex(({ id }) => id === row.id) < i) drift(`${row.id} has a row above`);
    for (const id of idsIn(Object.values(row.cells).join(' '))) {
      if (!id.includes(':') && !rows.some((other) => other.id === id)) drift(`${row.id} names ${id}, which has no row`);
    }
    const sites = byId.get(row.id);
    if (sites === undefined) {
      drift(`${row.id} stands nowhere in packages/${folder}/src`);
      continue;
    }
    const cells = { where: whereOf(folder, sites), access: accessOf(sites, row.cells.access) };
    derived.set(row.id, cells);
    for (const [column, cell] of Object.entries(cells)) {
      if (row.cells[column as Column] === cell) continue;
      drift(`${row.id}, ${column}: the table says "${row.cells[column as Column]}", the source "${cell}"`);
    }
  }
  return { subject, table: scope.table, drifts, derived };
}
