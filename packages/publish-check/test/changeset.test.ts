// A package that changes needs a changeset that names it: what the job of ci.yml asks, asked of
// a repository of its own in which a package has changed.

import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root, tool } from './tarballs.ts';

let copy: string;
const git = (...args: string[]): Promise<string> =>
  tool('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], copy);

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'concurrency-lab-changeset-'));
  const left = new Set(['node_modules', '.git', '.turbo', '.vitest', 'dist']);
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '.');
  await git('commit', '--quiet', '--message=base');
  await git('checkout', '--quiet', '-b', 'change');
}, 240_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const status = (): Promise<string> => tool('changeset', ['status', '--since', 'main'], copy);

it('nothing is asked of a branch that changes no package', async () => {
  appendFileSync(join(copy, 'CONTRIBUTING.md'), '\n');
  await git('commit', '--all', '--quiet', '--message=documents');
  await expect(status()).resolves.toBeDefined();
});

it('a changed package without a changeset is refused, though others are pending', async () => {
  appendFileSync(join(copy, 'packages', 'spinlock', 'src', 'mutex.ts'), '// changed\n');
  await git('commit', '--all', '--quiet', '--message=change');
  await expect(status()).rejects.toThrow('no changesets were found');
});

it('a changeset for it is enough', async () => {
  writeFileSync(join(copy, '.changeset', 'new.md'), "---\n'@concurrency-lab/spinlock': patch\n---\n\nFaster.\n");
  await git('add', '.changeset');
  await git('commit', '--quiet', '--message=changeset');
  await expect(status()).resolves.toBeDefined();
});
