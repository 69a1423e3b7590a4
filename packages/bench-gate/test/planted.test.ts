// A slow-down planted in a real package is caught from end to end: two commits, built from their own trees,
// of which the head counts its looks at a token, and looks twice at every sixteenth: about a tenth more work.

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoInstructions } from '../src/instructions.mjs';
import type { Report } from '../src/report.mjs';
import { root as repository } from '../src/runtimes.mjs';

const program = fileURLToPath(new URL('../src/run.mjs', import.meta.url));
const missing = whyNoInstructions();
let root: string;

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
    cwd: root,
    encoding: 'utf8',
  });

function commit(tag: string): void {
  git('add', '.');
  git('commit', '--quiet', '--message', tag);
  git('tag', tag);
}

/** Changes a source of the package; fails if there is nothing to change. */
function edit(file: string, from: string, to: string): void {
  const path = join(root, 'packages', 'atomics', 'src', file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bench-gate-planted-'));
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(root, '.gitignore'), 'node_modules\ndist\n');
  cpSync(join(repository, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
  const left = new Set(['node_modules', 'dist', 'test', '.turbo', '.vitest']);
  cpSync(join(repository, 'packages', 'atomics'), join(root, 'packages', 'atomics'), {
    recursive: true,
    filter: (path) => !left.has(basename(path)),
  });
  for (const folder of ['.', 'packages/atomics']) {
    symlinkSync(join(repository, folder, 'node_modules'), join(root, folder, 'node_modules'), 'junction');
  }
  commit('usual');
  edit('cancel-token.ts', '// A cancellation flag', '// One cancellation flag');
  commit('commented');
  edit('cancel-token.ts', 'const LIVE = 0;', 'let looks = 0;\nconst LIVE = 0;');
  edit(
    'cancel-token.ts',
    'return Atomics.load(this.#words, STATE) === CANCELLED;',
    'if ((++looks & 15) === 0 && Atomics.load(this.#words, STATE) === CANCELLED) return true;\n' +
      'return Atomics.load(this.#words, STATE) === CANCELLED;',
  );
  commit('slow');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function gate(head: string): Promise<{ code: number; stdout: string; ratio: number; verdict: string }> {
  const json = join(root, `${head}.json`);
  const args = [program, '--root', root, '--base', 'usual', '--head', head, '--measure', 'instructions'];
  const { code, stdout } = await promisify(execFile)(process.execPath, [
    ...args,
    '--case',
    'isCancelled',
    '--json',
    json,
  ]).then(
    ({ stdout: text }) => ({ code: 0, stdout: text }),
    (error: { code: number; stdout: string; stderr: string }) => {
      if (error.code !== 1) throw new Error(error.stderr);
      return error;
    },
  );
  const { cases } = JSON.parse(readFileSync(json, 'utf8')) as Report;
  expect(cases).toHaveLength(1);
  const [{ verdict, processes }] = cases as [Report['cases'][number]];
  return { code, stdout, verdict, ratio: processes[0]!.ratio!.median };
}

describe('instructions', { timeout: 1_200_000 }, () => {
  it('can be counted where they must be', () => {
    expect(process.env['REQUIRE_VALGRIND'] === undefined ? undefined : missing).toBeUndefined();
  });

  it.skipIf(missing !== undefined)(missing ?? 'show a slow-down of about a tenth, planted in a package', async () => {
    const { code, stdout, verdict, ratio } = await gate('slow');
    expect(verdict).toBe('regression');
    expect(stdout).toMatch(/^regression +atomics: CancelToken.isCancelled \(instructions\)/m);
    expect(code).toBe(1);
    expect(ratio).toBeGreaterThan(1.03);
    expect(ratio).toBeLessThan(1.2);
  });

  it.skipIf(missing !== undefined)(missing ?? 'show nothing where only a comment has changed', async () => {
    const { code, verdict, ratio } = await gate('commented');
    expect(verdict).toBe('inconclusive');
    expect(code).toBe(0);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
  });
});
