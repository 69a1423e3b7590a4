// What the benches of the packages have in common at their end: `--json FILE` keeps their rows.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * Prints the rows of a bench as a table, and keeps them as JSON if it was called with `--json FILE`.
 * @param {string} bench
 * @param {readonly Readonly<Record<string, string>>[]} rows
 * @param {readonly string[]} args
 */
export function showRows(bench, rows, args = process.argv.slice(2)) {
  console.table(rows);
  const { json } = parseArgs({ args: [...args], options: { json: { type: 'string' } } }).values;
  if (json === undefined) return;
  const kept = { bench, date: new Date().toISOString(), runtime: `Node ${process.versions.node}`, rows };
  writeFileSync(json, `${JSON.stringify(kept, null, 2)}\n`);
}
