// The gate from end to end: a repository with commits that are slower, faster and equal.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/report.mjs';
import { whyNoInstructions } from '../src/instructions.mjs';

const program = fileURLToPath(new URL('../src/run.mjs', import.meta.url));
let root: string;
let temporary: string;

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
    cwd: root,
    encoding: 'utf8',
  });

function write(file: string, text: string): void {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** Two packages: `sum` needs `step`, which takes so many rounds. */
function commit(rounds: number, tag: string): void {
  write(
    'packages/step/package.json',
    '{ "name": "@test/step", "type": "module", "exports": { ".": "./src/index.mjs" } }',
  );
  write(
    'packages/step/src/index.mjs',
    `export function step(x) { for (let i = 0; i < ${rounds}; i++) x = Math.imul(x, 48271) ^ i; return x; }`,
  );
  git('add', '.');
  git('commit', '--quiet', '--allow-empty', '--message', tag);
  git('tag', tag);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bench-gate-test-'));
  temporary = mkdtempSync(join(tmpdir(), 'bench-gate-tmp-'));
  git('init', '--quiet', '--initial-branch=main');
  write('.gitignore', 'node_modules\n');
  const manifest = {
    name: '@test/sum',
    type: 'module',
    exports: { '.': { types: './none.d.ts', default: './src/index.mjs' } },
    dependencies: { '@test/step': 'workspace:^' },
  };
  write('packages/sum/package.json', JSON.stringify(manifest));
  write(
    'packages/sum/src/index.mjs',
    `import { step } from '@test/step';
     export function sum(n) { let x = 1; for (let i = 0; i < n; i++) x = step(x); return x; }`,
  );
  write('packages/sum/node_modules/@test/step/package.json', '{}'); // what an install would link
  write(
    'packages/sum/bench/gate.mjs',
    `export const cases = [
       { name: 'sums', setup({ sum }) { return () => sum(10); } },
       { name: 'sums later', async setup({ sum }) { return { call: async () => sum(10), close() {} }; } },
     ];`,
  );
  commit(200, 'usual');
  commit(400, 'slow');
  commit(100, 'fast');
  commit(200, 'usual-again');
});
afterAll(() => {
  for (const folder of [root, temporary]) rmSync(folder, { recursive: true, force: true });
});

async function gate(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, TMPDIR: temporary };
  // Times, unless a test asks for something else: that is what all machines have.
  const measure = args.includes('--measure') ? [] : ['--measure', 'time'];
  try {
    const all = [program, '--root', root, ...measure, ...args];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, all, { env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  } finally {
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(readdirSync(temporary).filter((name) => name.startsWith('bench-gate'))).toEqual([]);
  }
}

describe('a head', { timeout: 600_000 }, () => {
  it('that is slower, in a package that the cases only need, is a regression', async () => {
    const [json, svg] = [join(temporary, 'report.json'), join(temporary, 'report.svg')];
    const { code, stdout, stderr } = await gate('--base', 'usual', '--head', 'slow', '--json', json, '--svg', svg);
    expect(stdout).toMatch(/^regression +sum: sums \(time\) /m);
    expect(stdout).toMatch(/^regression +sum: sums later \(time\) /m);
    expect(stderr).toContain('2 of 2 cases got slower');
    expect(code).toBe(1);

    const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(report.base).toBe(git('rev-parse', '--short', 'usual').trim());
    expect(report.cases.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['sums', 'regression'],
      ['sums later', 'regression'],
    ]);
    expect(report.cases[0]!.processes[0]!.ratio!.median).toBeGreaterThan(1.5);
    expect(JSON.stringify(report)).not.toContain(root);
    expect(readFileSync(svg, 'utf8')).toContain('sum: sums later');
  });

  it('that is faster is an improvement', async () => {
    const { code, stdout } = await gate('--base', 'usual', '--head', 'fast', '--case', 'later');
    expect(stdout).toMatch(/^improvement +sum: sums later \(time\) /m);
    expect(stdout).not.toContain('sum: sums (time)');
    expect(code).toBe(0);
  });

  it('that is equal is neither', async () => {
    const [history, trend] = [join(temporary, 'history.json'), join(temporary, 'trend.svg')];
    const more = ['--history', history, '--trend', trend];
    const compare = (): ReturnType<typeof gate> => gate('--base', 'usual', '--head', 'usual-again', ...more);
    // Of times one can only say how rarely they mislead: on a busy machine, once may be too often, but not three times.
    let { code, stdout } = await compare();
    const equal = (): number => stdout.match(/^inconclusive /gm)?.length ?? 0;
    for (let tries = 1; tries < 3 && equal() < 2; tries++) ({ code, stdout } = await compare());
    expect(equal()).toBe(2);
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(history, 'utf8'))).toHaveLength(1);
    expect(readFileSync(trend, 'utf8')).toContain('sum: sums later');
  });

  it('is the files as they are now, if none is named; what the base lacks is new', async () => {
    write('packages/step/src/extra.mjs', '');
    write(
      'packages/young/package.json',
      '{ "name": "@test/young", "type": "module", "exports": { ".": "./index.mjs" } }',
    );
    write('packages/young/index.mjs', 'export const one = 1;');
    write('packages/young/bench/gate.mjs', "export const cases = [{ name: 'one', setup: ({ one }) => () => one }];");
    const { code, stdout } = await gate('--base', 'usual', '--package', 'young');
    expect(stdout).toContain('(working tree)');
    expect(stdout).toMatch(/^new +young: one \(time\) +the base does not have it/m);
    expect(code).toBe(0);
    rmSync(join(root, 'packages', 'young'), { recursive: true });
  });
});

describe('what cannot be compared', { timeout: 120_000 }, () => {
  it.each([
    [['--base', 'no-such-commit'], 'no-such-commit is not a commit of this repository'],
    [['--base', 'usual', '--package', 'step'], 'packages/step has no bench/gate.mjs; these have: sum'],
    [['--base', 'usual', '--processes', 'many'], '--processes takes a whole number from 1, not many'],
    [['--base', 'usual', '--case', 'nothing like it'], 'no case has such a name'],
    [['--base', 'usual', '--measure', 'luck'], '--measure takes instructions, time or both, not luck'],
  ])('%j: %s', async (args, message) => {
    const { code, stderr } = await gate(...args);
    expect(stderr).toContain(message);
    expect(code).toBeGreaterThan(0);
  });
});

describe('instructions', { timeout: 1_200_000 }, () => {
  const missing = whyNoInstructions();

  it.skipIf(missing !== undefined)(missing ?? 'decide where they are counted; times are reported', async () => {
    const { code, stdout } = await gate('--base', 'usual', '--head', 'slow', '--measure', 'both', '--case', 'later');
    expect(stdout).toMatch(/^regression +sum: sums later \(instructions\) +1\.[5-9].*; limit 1\.02\)$/m);
    expect(stdout).toMatch(/^\w+ +sum: sums later \(time\) .*; only reported\)$/m);
    expect(code).toBe(1);
  });

  it('without valgrind, say what is missing', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = temporary;
    try {
      expect(whyNoInstructions()).toContain('valgrind is not installed');
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('that are asked for, and cannot be counted, are not replaced by times', async () => {
    const env = { ...process.env, PATH: temporary };
    const args = [program, '--root', root, '--base', 'usual', '--measure', 'both'];
    const { code, stderr } = await promisify(execFile)(process.execPath, args, { env }).then(
      () => ({ code: 0, stderr: '' }),
      (error: { code: number; stderr: string }) => error,
    );
    expect(stderr).toContain('No instructions can be counted: valgrind is not installed');
    expect(code).toBe(2);
  });
});
