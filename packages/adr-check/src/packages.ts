// What is known of the packages before anything is compared: their tables, the lines of their
// sources that access shared memory, and the evidence of their models.

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findAccesses } from './accesses.ts';
import type { Drift } from './drift.ts';
import { type Evidence, readEvidence } from './records.ts';
import { findSites, type Site } from './sites.ts';
import { COLUMNS, NO_ID, parseTable, type Row, type Table } from './table.ts';
import type { Subject } from './workspace.ts';

/** Is a package, with all that is known of it. */
export interface Package {
  readonly subject: Subject;
  readonly table: Table | undefined;
  /** The rows that have ids. */
  readonly rows: readonly Row[];
  /** The files that the table is about. */
  readonly files: readonly string[];
  readonly sites: readonly Site[];
  /** The lines that access memory, and have no id: a caller's memory, or for want of one. */
  readonly others: readonly Site[];
  /** The sites of each id. */
  readonly byId: ReadonlyMap<string, readonly Site[]>;
  readonly evidence: Evidence | undefined;
  readonly drifts: readonly Drift[];
}

/** Reads the packages of a repository. */
export function readPackages(root: string, subjects: readonly Subject[]): Package[] {
  const scopes = subjects.map((subject) => scopeOf(root, subject));
  const files = scopes.flatMap((scope) => scope.files);
  const accesses = findAccesses(
    join(root, 'tsconfig.base.json'),
    files.map((file) => join(root, file)),
  ).map((access) => ({ ...access, file: relative(root, access.file).replaceAll('\\', '/') }));
  return subjects.map((subject, i) => {
    const scope = scopes[i]!;
    const { sites, others, drifts } = findSites(root, scope.files, accesses);
    const byId = new Map<string, Site[]>();
    for (const site of sites) for (const id of site.ids) byId.set(id, [...(byId.get(id) ?? []), site]);
    const rows = scope.table?.rows.filter(({ id }) => id !== NO_ID) ?? [];
    const evidence = readEvidence(root, subject.folder);
    return { ...scope, subject, rows, sites, others, byId, evidence, drifts: [...scope.drifts, ...drifts] };
  });
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
