// The columns of an ordering table that follow from the source: where the accesses are, and
// what they do. In the "access" column the operations stand in backticks, before what is said
// of them in words.

import type { Site } from './sites.ts';

/** Writes the "where" column of a row: the files, and the functions around the accesses. */
export function whereOf(folder: string, sites: readonly Site[]): string {
  const functions = new Map<string, Set<string>>();
  for (const { file, accesses } of sites) {
    const path = file.replace(`packages/${folder}/src/`, '');
    const names = functions.get(path) ?? new Set();
    for (const { within } of accesses) names.add(within);
    functions.set(path, names);
  }
  return [...functions].map(([path, names]) => `\`${path}\` ${[...names].join(', ')}`).join('; ');
}

/** Writes the "access" column of a row: the operations, and the words that the cell has for them. */
export function accessOf(sites: readonly Site[], cell: string): string {
  const operations = new Set(sites.flatMap(({ accesses }) => accesses.map(({ operation }) => operation)));
  const named = [...operations].map((operation) => `\`${operation}\``).join(', ');
  const words = cell.replace(/^(?:`[^`]*`(?:, )?)*/, '').trim();
  return `${named} ${words}`.trim();
}
