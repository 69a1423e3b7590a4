import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attw,
  type Manifest,
  publint,
  publishedPackages,
  scratchProject,
  type ScratchProject,
  tool,
} from './tarballs.ts';

const published = publishedPackages();
let project: ScratchProject;
beforeAll(() => {
  project = scratchProject();
});
afterAll(() => project[Symbol.dispose]());

it('finds the packages', () => {
  expect(published.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['@concurrency-lab/atomics', '@concurrency-lab/mini-exec']),
  );
});

/**
 * The files that a package runs, and no program imports: the entries of workers that it starts itself. They alone have
 * side effects. All others a bundler may leave out where nothing of them is used.
 */
const RUN: Readonly<Record<string, readonly string[]>> = {
  '@concurrency-lab/runtime': ['./dist/worker/main.js', './dist/node/worker/main.js'],
};

/** What a target is chosen by, in order: types first, and Node's before everyone's. */
const CONDITIONS = [
  ['types', 'default'],
  ['types', 'node', 'default'],
];

describe.each(published)('the tarball of $name', ({ name, folder, manifest: source }) => {
  const installed = (path: string): string => join(project.directory, 'node_modules', name, path);
  const manifest = (): Manifest => JSON.parse(readFileSync(installed('package.json'), 'utf8')) as Manifest;

  it('says what users need to know', () => {
    expect(manifest()).toMatchObject({
      license: 'MIT',
      type: 'module',
      sideEffects: RUN[name] ?? false,
      engines: { node: '>=20.19' },
      publishConfig: { access: 'public', provenance: true },
    });
    for (const file of ['README.md', 'LICENSE']) expect(existsSync(installed(file)), file).toBe(true);
  });

  it('depends on released versions of its siblings, and on nothing else', () => {
    for (const [dependency, range] of Object.entries(manifest().dependencies ?? {})) {
      expect(dependency).toMatch(/^@concurrency-lab\//);
      expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
    }
  });

  it('exports built files only, and each of them is there', () => {
    const { exports } = manifest();
    expect(Object.keys(exports!)).toEqual(Object.keys(source.exports!));
    for (const target of Object.values(exports!)) {
      const files = typeof target === 'string' ? [target] : Object.values(target);
      if (typeof target !== 'string') expect(CONDITIONS).toContainEqual(Object.keys(target));
      for (const file of files) expect(existsSync(installed(file)), file).toBe(true);
    }
  });

  it('holds its sources for debugging, and neither tests nor build leftovers', async () => {
    const files = (await tool('tar', ['-tzf', project.tarballs.get(name)!], folder)).split('\n');
    expect(files.filter((file) => /test|bench|\.tsbuildinfo|\.turbo|\.vitest|vitest\.config/.test(file))).toEqual([]);
    for (const file of files.filter((path) => path.endsWith('.js.map'))) {
      const { sources } = JSON.parse(readFileSync(installed(file.replace(/^package\//, '')), 'utf8')) as {
        sources: string[];
      };
      for (const path of sources)
        expect(existsSync(join(installed(file.replace(/^package\//, '')), '..', path)), path).toBe(true);
    }
  });

  it('passes publint', async () => {
    expect(await publint(project.tarballs.get(name)!)).toContain('All good');
  });

  it('has types that resolve for every consumer of ES modules', async () => {
    expect(await attw(project.tarballs.get(name)!)).toContain('🟢 (ESM)');
  });
});

it.each(Object.entries(RUN))(
  '%s starts by their addresses what has side effects, and imports none of it',
  (name, entries) => {
    const dist = join(project.directory, 'node_modules', name, 'dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));
    for (const entry of entries) {
      const own = new RegExp(`\\b(from|import|URL)\\b[ (]*["'][./\\w-]*\\b${basename(entry)}["']`, 'g');
      const uses = files.flatMap((path) => [...readFileSync(join(dist, path), 'utf8').matchAll(own)]);
      expect(new Set(uses.map(([, use]) => use))).toEqual(new Set(['URL']));
      const { manifest } = published.find((candidate) => candidate.name === name)!;
      expect(JSON.stringify(manifest.exports)).not.toContain(entry);
    }
  },
);
