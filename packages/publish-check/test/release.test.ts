// What a release does, tried on a copy of the workspace: versions, change logs, publishing.

import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Manifest, publishedPackages, root, tool } from './tarballs.ts';

const published = publishedPackages();
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'concurrency-lab-release-'));
  const left = new Set(['node_modules', '.git', '.turbo', '.vitest']);
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(copy, 'packages', basename(folder), 'package.json'), 'utf8')) as Manifest;

it('changeset version raises what the pending changesets name, and writes their change logs', async () => {
  const pending = readdirSync(join(copy, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const named = published.filter(({ name }) =>
    pending.some((file) => readFileSync(join(copy, '.changeset', file), 'utf8').includes(`'${name}'`)),
  );
  await tool('changeset', ['version'], copy);
  for (const { folder, manifest } of named) {
    const { version } = manifestOf(folder);
    expect(version).not.toBe(manifest.version);
    const log = readFileSync(join(copy, 'packages', basename(folder), 'CHANGELOG.md'), 'utf8');
    expect(log).toContain(`## ${version}`);
  }
  expect(readdirSync(join(copy, '.changeset')).filter((name) => pending.includes(name))).toEqual([]);
  for (const folder of readdirSync(join(copy, 'packages'))) {
    const manifest = manifestOf(folder);
    if (manifest.private === true) expect(manifest.version).toBe('0.0.0');
  }
});

it('a dry run of publishing would publish the public packages and no other', async () => {
  // A registry that has nothing yet: what is published does not depend on the network.
  const registry = createServer((_, response) => response.writeHead(404).end('{}')).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const { port } = registry.address() as { port: number };
  const flags = ['-r', '--dry-run', '--no-git-checks', '--json', '--registry', `http://127.0.0.1:${port}/`];
  const summary = JSON.parse(await tool('pnpm', ['publish', ...flags], copy)) as { name: string }[];
  registry.close();
  expect(summary.map(({ name }) => name).toSorted()).toEqual(published.map(({ name }) => name).toSorted());
});
