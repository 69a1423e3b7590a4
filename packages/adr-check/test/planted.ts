// Copies of the fixture, a repository of one package without drift, for faults to be planted in.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Is the fixture's record. */
export const RECORD = 'adr/0000-latch.md';
/** Is the fixture's source. */
export const SOURCE = 'packages/latch/src/latch.ts';

/** Copies the fixture for one test; gives its root. */
export function copyFixture(): string {
  const root = mkdtempSync(join(tmpdir(), 'adr-check-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  cpSync(fileURLToPath(new URL('fixture', import.meta.url)), root, { recursive: true });
  return root;
}

/** Replaces a piece of a file, which must be there once; gives the line that it was on. */
export function plant(root: string, file: string, from: string, to: string): number {
  const text = readFileSync(join(root, file), 'utf8');
  const pieces = text.split(from);
  if (pieces.length !== 2) throw new Error(`${file} has "${from}" ${pieces.length - 1} times`);
  writeFileSync(join(root, file), pieces.join(to));
  return pieces[0]!.split('\n').length;
}
