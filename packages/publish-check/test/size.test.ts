// What an entry costs whoever imports it: all of it and what it imports, minified and
// compressed, against the budget that `size-budget.json` declares.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, type Rolldown } from 'vite';
import { publishedEntries, scratchProject, type ScratchProject } from './tarballs.ts';

const budgets = JSON.parse(readFileSync(new URL('../size-budget.json', import.meta.url), 'utf8')) as Record<
  string,
  number
>;

let project: ScratchProject;
beforeAll(() => {
  project = scratchProject();
});
afterAll(() => project[Symbol.dispose]());

/** Bundles and minifies a program. */
async function bundleOf(name: string, program: string): Promise<string> {
  const folder = join(project.directory, 'sizes', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'program.js'), program);
  const output = (await build({
    configFile: false,
    logLevel: 'error',
    root: folder,
    worker: { format: 'es' },
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      lib: { entry: join(folder, 'program.js'), formats: ['es'] },
      rolldownOptions: {
        external: [/^node:/, /^@babel\//, 'koffi', 'vite', 'vitest', 'bun:ffi'],
        treeshake: false,
        output: { minify: true }, // `minify` above leaves a library its line breaks and comments
      },
    },
  })) as Rolldown.RolldownOutput[];
  const chunks = output[0]!.output.flatMap((file) => (file.type === 'chunk' ? [file.code] : []));
  return chunks.join('\n');
}

/** Gives the size of a program in bytes, minified and compressed. */
async function sizeOf(name: string, program: string): Promise<number> {
  return brotliCompressSync(await bundleOf(name, program)).length;
}

/** Says what is wrong with a size: over its budget, or so far below that the budget guards nothing. */
function verdict(size: number, budget: number | undefined): string {
  if (budget === undefined) return `it has no budget in size-budget.json; its size is ${size} bytes`;
  if (size > budget) return `${size} bytes are over its budget of ${budget}: what grew is worth it, or goes`;
  if (size < budget * 0.9) return `${size} bytes are far below its budget of ${budget}: lower it`;
  return 'within its budget';
}

it('has a budget for each entry, and for nothing else', () => {
  expect(Object.keys(budgets).toSorted()).toEqual([...publishedEntries()].toSorted());
});

it.each(publishedEntries())('%s keeps to its budget', async (entry) => {
  const size = await sizeOf(entry, `export * from ${JSON.stringify(entry)};\n`);
  expect(verdict(size, budgets[entry])).toBe('within its budget');
});

describe('the budget', () => {
  const entry = '@concurrency-lab/atomics';
  const program = `export * from ${JSON.stringify(entry)};\n`;

  it('is for code alone, the same wherever the project lies', async () => {
    const code = await bundleOf('paths', program);
    expect(code).toContain('SharedArrayBuffer');
    expect(code).not.toContain(basename(project.directory));
    expect(code).not.toContain('//');
  });

  it('is missed by an entry that imports another package', async () => {
    const size = await sizeOf('grown', `${program}export { Mutex } from '@concurrency-lab/spinlock';\n`);
    expect(verdict(size, budgets[entry])).toBe(
      `${size} bytes are over its budget of ${budgets[entry]}: what grew is worth it, or goes`,
    );
  });

  it('is to be lowered when an entry has become much smaller', () => {
    expect(verdict(899, 1000)).toContain('lower it');
    expect(verdict(900, 1000)).toBe('within its budget');
    expect(verdict(1001, 1000)).toContain('1001 bytes are over');
    expect(verdict(1, undefined)).toContain('no budget');
  });
});
