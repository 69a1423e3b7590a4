// The packages and records of a repository.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Is a package with the record that explains it. */
export interface Subject {
  /** The folder's name below `packages`. */
  readonly folder: string;
  /** The path of the decision record from the root. */
  readonly record: string;
  /** Whether the record says "Models leave no record yet: why.": its table is compared with the source only. */
  readonly isUnproved: boolean;
  /** The paths of its source files from the root. */
  readonly sources: readonly string[];
}

/** Lists the decision records by their paths from the root. */
export function findRecords(root: string): string[] {
  return readdirSync(join(root, 'adr'))
    .filter((name) => /^\d.*\.md$/.test(name))
    .toSorted()
    .map((name) => `adr/${name}`);
}

/** Lists the packages that have a record, which says `` Package `name` ``, and the published ones that have none. */
export function findSubjects(root: string): { subjects: Subject[]; withoutRecord: { folder: string; name: string }[] } {
  const records = findRecords(root).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const subjects: Subject[] = [];
  const withoutRecord: { folder: string; name: string }[] = [];
  for (const folder of readdirSync(join(root, 'packages')).toSorted()) {
    const manifest = join(root, 'packages', folder, 'package.json');
    if (!existsSync(manifest)) continue;
    const { name, private: isPrivate } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      name: string;
      private?: boolean;
    };
    const record = records.find(({ text }) => text.includes(`Package \`${name}\`.`));
    if (record !== undefined) {
      const isUnproved = /^Models leave no record yet: \S/m.test(record.text);
      subjects.push({ folder, record: record.path, isUnproved, sources: sourcesOf(root, folder) });
    } else if (isPrivate !== true) withoutRecord.push({ folder, name });
  }
  return { subjects, withoutRecord };
}

function sourcesOf(root: string, folder: string): string[] {
  const src = join(root, 'packages', folder, 'src');
  if (!existsSync(src)) return [];
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?ts$/.test(path))
    .map((path) => `packages/${folder}/src/${path.replaceAll('\\', '/')}`)
    .toSorted();
}
