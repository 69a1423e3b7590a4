// The files that Node loads: a few, merged from the modules that everybody else loads, and the same in all else.

import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedPackages, scratchProject, tool, type ScratchProject } from './tarballs.ts';

let project: ScratchProject;
beforeAll(() => {
  project = scratchProject();
});
afterAll(() => project[Symbol.dispose]());

const entries = publishedPackages().flatMap(({ name, manifest }) =>
  Object.entries(manifest.exports!).flatMap(([key, target]) =>
    typeof target === 'object' && target['node'] !== undefined
      ? [{ entry: name + key.slice(1), name, merged: target['node'], modules: target['default']! }]
      : [],
  ),
);

const IMPORT = /^(?:import|export)\b(?:[^"'\n]* from)? ?["'](\.[^"'\n]+)["']/gm;

/** Lists the files that are loaded with a file of a package, itself among them, by their paths in the package. */
function loadedWith(file: string, folder: string): string[] {
  const files = new Set([join(folder, file)]);
  for (const path of files) {
    for (const [, specifier] of readFileSync(path, 'utf8').matchAll(IMPORT)) files.add(join(dirname(path), specifier!));
  }
  return [...files].map((path) => relative(folder, path).replaceAll('\\', '/'));
}

it('are there for all packages but the checker, which few programs load, and once', () => {
  const unmerged = publishedPackages().filter(({ name }) => !entries.some((entry) => entry.name === name));
  expect(unmerged.map(({ name }) => name)).toEqual(['@concurrency-lab/model-checker']);
});

describe.each(entries)('$entry', ({ entry, name, merged, modules }) => {
  const folder = (): string => realpathSync(join(project.directory, 'node_modules', name));

  it('is loaded merged by Node', async () => {
    const program = `console.log(import.meta.resolve(${JSON.stringify(entry)}))`;
    const url = await tool(process.execPath, ['--input-type=module', '--eval', program], project.directory);
    expect(url.trim()).toBe(pathToFileURL(join(folder(), merged)).href);
  });

  it('is a few files, all of them merged', () => {
    const files = loadedWith(merged, folder());
    expect(files.filter((file) => !file.startsWith('dist/node/'))).toEqual([]);
    expect(files.length).toBeLessThanOrEqual(6);
    expect(loadedWith(modules, folder()).filter((file) => file.startsWith('dist/node/'))).toEqual([]);
  });
});

/** All but the entry that serves the console as soon as it is imported. */
const quiet = entries.filter(({ entry }) => !entry.endsWith('/register'));

it.each(quiet)('$entry exports what its modules export, under the same names', async ({ name, merged, modules }) => {
  const exported = async (file: string): Promise<unknown[]> => {
    const url = pathToFileURL(join(project.directory, 'node_modules', name, file));
    const module = (await import(url.href)) as Record<string, unknown>;
    return Object.entries(module).map(([key, value]) => [key, typeof value === 'function' ? value.name : typeof value]);
  };
  expect(await exported(merged)).toEqual(await exported(modules));
});

it('are loaded by the workers of a runtime', () => {
  const runtime = join(project.directory, 'node_modules', '@concurrency-lab', 'runtime');
  const main = loadedWith('./dist/node/worker/main.js', runtime);
  expect(main.length).toBeLessThanOrEqual(4);
  expect(main.filter((file) => !file.startsWith('dist/node/'))).toEqual([]);
  const started = loadedWith('./dist/node/index.js', runtime).flatMap((file) =>
    [...readFileSync(join(runtime, file), 'utf8').matchAll(/new URL\(["'](.+?)["'], import\.meta\.url\)/g)].map(
      ([, path]) => join(dirname(file), path!).replaceAll('\\', '/'),
    ),
  );
  expect(new Set(started)).toEqual(new Set(['dist/node/worker/main.js']));
});
