// One package: its table against its source, and against the evidence of its models.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accessOf, whereOf } from './columns.ts';
import type { Drift } from './drift.ts';
import { findPartners, type Partners, partnersOf } from './edges.ts';
import { gapsOf, isPlain, isPrivate, killersOf, lineOf } from './killers.ts';
import type { Package } from './packages.ts';
import type { Evidence } from './records.ts';
import type { Site } from './sites.ts';
import { type Column, idsIn, type Row, type Table } from './table.ts';
import type { Subject } from './workspace.ts';

/** Cells of a row. */
export type Cells = Partial<Record<Column, string>>;

/** What the comparison of a package gave. */
export interface Compared {
  readonly subject: Subject;
  readonly table: Table | undefined;
  readonly drifts: readonly Drift[];
  /** The cells that follow from source and models, by the row's id. */
  readonly derived: ReadonlyMap<string, Cells>;
}

/** Compares a package's table with all that is known of it; `packages` are those that it may name rows of. */
export function comparePackage(root: string, one: Package, packages: readonly Package[]): Compared {
  const { subject, table, rows, byId } = one;
  const { folder, record } = subject;
  const drifts: Drift[] = [...one.drifts, ...untabled(one)];
  const derived = new Map<string, Cells>();
  const evidence = usableEvidence(root, one, drifts);
  const partners = evidence === undefined ? undefined : findPartners(evidence, rowFinder(one, packages));
  for (const [i, row] of rows.entries()) {
    const drift = (message: string): void => void drifts.push({ file: record, line: row.line, message });
    for (const message of faultsOf(row, i, rows, packages)) drift(message);
    const sites = byId.get(row.id);
    if (sites === undefined) {
      drift(`${row.id} stands nowhere in packages/${folder}/src`);
      continue;
    }
    const cells: Cells = { where: whereOf(folder, sites), access: accessOf(sites, row.cells.access) };
    if (evidence !== undefined) {
      const isShown = !isTested(row) && !isPrivate(row);
      const gaps = isShown ? gapsOf(row, sites, evidence) : reached(row, sites, evidence);
      // What the models leave open, no column can say.
      if (isShown && gaps.length === 0) Object.assign(cells, shown(row, sites, evidence, partners!.get(row.id)));
      for (const { site, message } of gaps) drifts.push({ file: site.file, line: site.line, message });
    }
    derived.set(row.id, cells);
    for (const [column, cell] of Object.entries(cells)) {
      if (row.cells[column as Column] === cell) continue;
      const who = column === 'where' || column === 'access' ? 'the source' : 'the models';
      drift(`${row.id}, ${column}: the table says "${row.cells[column as Column]}", ${who} "${cell}"`);
    }
  }
  return { subject, table, drifts, derived };
}

/** Gives the cells that the models show. */
function shown(row: Row, sites: readonly Site[], evidence: Evidence, partners: Partners | undefined): Cells {
  const killers: Cells = { 'killed by': killersOf(row, sites, evidence) };
  return isPlain(row) ? killers : { ...killers, 'synchronises with': partnersOf(row, partners) };
}

/** Lists ids in the source that have no row. */
function untabled({ subject, rows, byId }: Package): Drift[] {
  return [...byId].flatMap(([id, [site]]) => {
    if (rows.some((row) => row.id === id)) return [];
    return [{ file: site!.file, line: site!.line, message: `${id} has no row in ${subject.record}` }];
  });
}

/** Lists what is wrong with a row by itself. */
function faultsOf(row: Row, i: number, rows: readonly Row[], packages: readonly Package[]): string[] {
  const faults: string[] = [];
  if (!/^[A-Z]\d+$/.test(row.id)) faults.push(`"${row.id}" is no id: a letter and a number`);
  if (rows.findIndex(({ id }) => id === row.id) < i) faults.push(`${row.id} has a row above`);
  for (const name of idsIn(Object.values(row.cells).join(' '))) {
    const [id, folder] = name.split(':').toReversed();
    const there = folder === undefined ? rows : (packages.find(({ subject }) => subject.folder === folder)?.rows ?? []);
    if (!there.some((other) => other.id === id)) faults.push(`${row.id} names ${name}, which has no row`);
  }
  return faults;
}

/** Tells whether a row is said to be shown by tests, which no model reaches. */
export function isTested(row: Row): boolean {
  return testsIn(row).length > 0;
}

function testsIn(row: Row): string[] {
  return [...row.cells['killed by'].matchAll(/`([\w.-]+\.test\.ts)`/g)].map(([, file]) => file!);
}

/** Lists the sites of a row shown by tests that a model does reach. */
function reached(row: Row, sites: readonly Site[], { accesses }: Evidence): { site: Site; message: string }[] {
  const found = isPrivate(row) ? [] : sites.filter((site) => accesses.has(lineOf(site)));
  return found.map((site) => ({ site, message: `${row.id} is left to tests, and a model comes by here` }));
}

/** Gives the evidence that rows can be compared with; notes why there is none. */
function usableEvidence(root: string, one: Package, drifts: Drift[]): Evidence | undefined {
  const { subject, table, rows, evidence } = one;
  const { folder, record, isUnproved } = subject;
  for (const row of rows) {
    for (const test of testsIn(row)) {
      const file = `packages/${folder}/test/${test}`;
      if (!existsSync(join(root, file)))
        drifts.push({ file: record, line: row.line, message: `${row.id} names ${file}, which is not there` });
    }
  }
  if (evidence === undefined) {
    if (!isUnproved && !rows.every((row) => isTested(row) || isPrivate(row))) {
      drifts.push({
        file: record,
        line: table!.first,
        message: `cannot be compared: the model tests of packages/${folder} have left no record; run them`,
      });
    }
    return undefined;
  }
  if (isUnproved) drifts.push({ file: record, line: 1, message: `says that models leave no record, and they do` });
  drifts.push(...evidence.drifts);
  if (evidence.drifts.length > 0) return undefined;
  drifts.push(...unseen(one, evidence));
  return evidence;
}

/** Lists the lines that a model has seen access shared memory, and the types do not show to. */
function unseen({ files, sites, others }: Package, { accesses }: Evidence): Drift[] {
  const known = new Set([...sites, ...others].map(lineOf));
  return [...accesses].flatMap((at) => {
    const [file, line] = at.split(/:(?=\d+$)/);
    if (known.has(at) || !files.includes(file!)) return [];
    return [{ file: file!, line: Number(line), message: 'has no id: a model has seen it access shared memory' }];
  });
}

/** Finds rows by lines: this package's by their ids, those of others as `atomics:K1`. */
function rowFinder(one: Package, packages: readonly Package[]): (line: string) => { name: string; needs: string }[] {
  const found = new Map<string, { name: string; needs: string }[]>();
  for (const other of packages) {
    for (const row of other.rows) {
      const name = other === one ? row.id : `${other.subject.folder}:${row.id}`;
      for (const site of other.byId.get(row.id) ?? []) {
        const line = lineOf(site);
        found.set(line, [...(found.get(line) ?? []), { name, needs: row.cells['needs at least'] }]);
      }
    }
  }
  return (line) => found.get(line) ?? [];
}
