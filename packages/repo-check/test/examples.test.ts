// Type-checks and runs every example of the documentation.

import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compileFiles } from '@concurrency-lab/runtime/compiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHECKS, type Example, examplesIn, findExamples, toProgram } from './examples.ts';
import { root } from './repository.ts';

const run = promisify(execFile);
const examples = findExamples();
const folder = fileURLToPath(new URL('../.examples', import.meta.url));
const programs = examples.map((example) => toProgram(example));

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'checks.ts'), CHECKS);
  programs.forEach(({ source }, i) => writeFileSync(join(folder, `example-${i}.ts`), source));
  const config = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      outDir: 'out',
      isolatedDeclarations: false,
      declaration: false,
      noUnusedLocals: false,
      customConditions: [],
    },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  try {
    await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', folder], { shell: process.platform === 'win32' });
  } catch (error) {
    const { stdout } = error as { stdout: string };
    const located = stdout.replace(/.*example-(\d+)\.ts\((\d+),/g, (_, i: string, line: string) => {
      const { file, line: first } = examples[Number(i)]!;
      return `${file}(${first + Number(line) - 2},`;
    });
    throw new Error(`an example has a type error:\n${located}`, { cause: error });
  }
  await compileFiles([join(folder, 'out')]); // the build step of machines that are generator functions
}, 240_000);

it('finds examples in READMEs and in docstrings', () => {
  const files = new Set(examples.map(({ file }) => file));
  expect(files).toContain('README.md');
  expect(files).toContain('packages/atomics/README.md');
  expect(files).toContain('packages/atomics/src/layout.ts');
  expect(files).toContain('packages/mini-exec/src/core/executor.ts');
});

/** A second try, which the summary shows: some examples sleep, and a machine may stall for longer. */
const TRIES = { retry: 1 };

it.concurrent.each(examples.map((example, i) => ({ ...example, i })))('$file:$line', TRIES, async ({ i }) => {
  const { stdout } = await run(process.execPath, [join(folder, 'out', `example-${i}.js`)], { timeout: 110_000 });
  expect(stdout).toContain(`${programs[i]!.checks} checks passed\n`);
  expect(programs[i]!.checks).toBeGreaterThan(0);
});

describe('the checks', () => {
  const example = (source: string): Example => ({ file: 'x.md', line: 1, source });

  it('turn a claim into a call', () => {
    const { source, checks } = toProgram(
      example(
        'add(1,\n  2); // => 3\nfail(); // throws "no"\n// => not a claim of a statement above\n'.replace(
          '// => not',
          '// not',
        ),
      ),
    );
    expect(checks).toBe(2);
    expect(source).toContain('checkValue(add(1,\n  2), 3);');
    expect(source).toContain('checkThrows(() => fail(), "no");');
  });

  it('refuse a claim about nothing', () => {
    expect(() => toProgram(example('const x = 1; // => 1'))).toThrow('nothing stands before "// => 1"');
  });

  it('find blocks in docstrings without their asterisks', () => {
    const text = '/**\n * Doc.\n *\n * ```ts\n * a(); // => 1\n *\n * b();\n * ```\n */\n';
    expect(examplesIn('x.ts', text)).toEqual([{ file: 'x.ts', line: 5, source: 'a(); // => 1\n\nb();\n' }]);
  });
});
