// Copies of the fixture, a repository of one package without drift, for faults to be planted in.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Is the fixture's record of its decision. */
export const RECORD = 'adr/0000-latch.md';
/** Is the fixture's source. */
export const SOURCE = 'packages/latch/src/latch.ts';
/** Is what the fixture's model tests leave behind. */
export const EVIDENCE = 'packages/latch/.vitest/models/latch.model.test.ts.json';

const FIXTURE = fileURLToPath(new URL('../fixture', import.meta.url));
const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

/** Copies the fixture, or a copy of it; whoever disposes of it removes it. */
export function copyFixture(from: string = FIXTURE): { root: string } & Disposable {
  const root = mkdtempSync(join(tmpdir(), 'adr-check-'));
  cpSync(from, root, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  symlinkSync(MODULES, join(root, 'node_modules'), 'junction');
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

/** Replaces a piece of a file, which must be there once; gives the line that it was on. */
export function plant(root: string, file: string, from: string, to: string): number {
  const text = readFileSync(join(root, file), 'utf8');
  const pieces = text.split(from);
  if (pieces.length !== 2) throw new Error(`${file} has "${from}" ${pieces.length - 1} times`);
  writeFileSync(join(root, file), pieces.join(to));
  return pieces[0]!.split('\n').length;
}

/** Runs the fixture's model tests, which leave their record; gives what vitest printed, and whether all passed. */
export function runModels(root: string): Promise<{ passed: boolean; output: string }> {
  const vitest = join(MODULES, 'vitest', 'vitest.mjs');
  const cwd = join(root, 'packages', 'latch');
  return new Promise((resolve) => {
    execFile(process.execPath, [vitest, 'run', '--testTimeout=120000'], { cwd }, (error, stdout, stderr) =>
      resolve({ passed: error === null, output: stdout + stderr }),
    );
  });
}
