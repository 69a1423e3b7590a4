// What the source of a package says: its lines that access shared memory, with their ids.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from './accesses.ts';
import type { Drift } from './drift.ts';
import { CALLER, findTags } from './tags.ts';

/** Is a line of the source that accesses shared memory. */
export interface Site {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly ids: readonly string[];
  readonly accesses: readonly Access[];
}

/**
 * Joins the accesses of source files with the ids that comments give them; what has no counterpart
 * drifts. Lines without an id, the caller's among them, stand apart.
 */
export function findSites(
  root: string,
  files: readonly string[],
  accesses: readonly Access[],
): { sites: Site[]; others: Site[]; drifts: Drift[] } {
  const sites: Site[] = [];
  const others: Site[] = [];
  const drifts: Drift[] = [];
  for (const file of files) {
    const tags = findTags(readFileSync(join(root, file), 'utf8'));
    const byLine = new Map<number, Access[]>();
    for (const access of accesses) {
      if (access.file === file) byLine.set(access.line, [...(byLine.get(access.line) ?? []), access]);
    }
    for (const [line, found] of byLine) {
      const ids = tags.filter(({ covers }) => covers === line).map(({ id }) => id);
      if (ids.length === 0) {
        const what = [...new Set(found.map(({ operation }) => operation))].join(' and ');
        drifts.push({ file, line, message: `has no id: ${what} on memory that may be shared, in ${found[0]!.within}` });
      }
      const site = { file, line, ids: [...new Set(ids)], accesses: found };
      (ids.length === 0 || ids.includes(CALLER) ? others : sites).push(site);
    }
    for (const { id, line, covers } of tags) {
      if (!byLine.has(covers)) drifts.push({ file, line, message: `${id} stands where shared memory is not accessed` });
    }
  }
  return { sites, others, drifts };
}
