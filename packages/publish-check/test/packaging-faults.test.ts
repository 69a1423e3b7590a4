// The tools that judge the tarballs notice what is wrong with one: each fault is planted in a package that
// is whole otherwise.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attw, publint, scratchProject, type ScratchProject, tool } from './tarballs.ts';

const NAME = '@concurrency-lab/oneshot';

let project: ScratchProject;
beforeAll(() => {
  project = scratchProject();
});
afterAll(() => project[Symbol.dispose]());

/** Packs a copy of a package, in which something was changed. */
async function packed(plant: (folder: string) => void): Promise<string> {
  const folder = mkdtempSync(join(project.directory, 'faulty-'));
  cpSync(join(project.directory, 'node_modules', NAME), folder, { recursive: true });
  plant(folder);
  const [tarball] = JSON.parse(await tool('npm', ['pack', '--json', '--ignore-scripts'], folder)) as {
    filename: string;
  }[];
  return join(folder, tarball!.filename);
}

const inManifest = (from: string, to: string) => (folder: string) => {
  const path = join(folder, 'package.json');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
};

it('find nothing in the package as it is', async () => {
  const tarball = await packed(() => {});
  await expect(publint(tarball)).resolves.toContain('All good');
  await expect(attw(tarball)).resolves.toContain('🟢 (ESM)');
});

it.each([
  [
    'an entry whose file is missing',
    inManifest('"default": "./dist/index.js"', '"default": "./dist/gone.js"'),
    /gone\.js but the file does not exist/,
  ],
  [
    'modules in a package that does not say so',
    inManifest('"type": "module"', '"type": "commonjs"'),
    /written in ESM, but is interpreted as CJS/,
  ],
])('publint finds %s', async (_, plant, found) => {
  await expect(publint(await packed(plant))).rejects.toHaveProperty('stdout', expect.stringMatching(found));
});

it.each([
  [
    'types that are missing',
    (folder: string) => rmSync(join(folder, 'dist', 'index.d.ts')),
    /no type declarations were found/,
  ],
  [
    'types that import what is not there',
    (folder: string) => writeFileSync(join(folder, 'dist', 'index.d.ts'), "export * from './gone.js';\n"),
    /Internal resolution error/,
  ],
])('attw finds %s', async (_, plant, found) => {
  await expect(attw(await packed(plant))).rejects.toHaveProperty('stdout', expect.stringMatching(found));
});
