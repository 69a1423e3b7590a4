// The committed page, `adr/PROOF.md`, and whether it says what the records do.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Drift } from '../drift.ts';
import { formatHtml } from './html.ts';
import { formatMarkdown, readRuntimes, sectionsOf } from './markdown.ts';
import { collectProof } from './proof.ts';

/** Is the path of the page from the root. */
export const PROOF = 'adr/PROOF.md';

/** Makes both forms of the page from the records of the last run; with runtimes that are new to it, or without. */
export function makeProof(root: string, isNewNamed: boolean): { markdown: string; html: string } {
  const sections = sectionsOf(collectProof(root), readRuntimes(committed(root)), isNewNamed);
  return { markdown: formatMarkdown(sections), html: formatHtml(sections) };
}

/** Lists where the committed page says something else. */
export function checkProof(root: string): Drift[] {
  const wanted = makeProof(root, false).markdown.split('\n');
  const found = committed(root).split('\n');
  const at = wanted.findIndex((line, i) => line !== found[i]);
  if (at < 0 && wanted.length === found.length) return [];
  const line = at < 0 ? wanted.length : at;
  return [{ file: PROOF, line: line + 1, message: `says "${found[line] ?? ''}", the records "${wanted[line] ?? ''}"` }];
}

/** Writes the page; tells whether it has changed. */
export function writeProof(root: string): boolean {
  const { markdown } = makeProof(root, true);
  if (markdown === committed(root)) return false;
  writeFileSync(join(root, PROOF), markdown);
  return true;
}

function committed(root: string): string {
  const path = join(root, PROOF);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
