// The check: every record's form, and every ordering table against the source of its package
// and against what its models have shown.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparePackage, type Compared } from './compare.ts';
import type { Drift } from './drift.ts';
import { checkPage } from './page.ts';
import { readPackages } from './packages.ts';
import { replaceRows } from './table.ts';
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

function examine(root: string, subjects: readonly Subject[]): Compared[] {
  const packages = readPackages(root, subjects);
  return packages.map((one) => comparePackage(root, one, packages));
}
