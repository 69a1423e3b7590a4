// Every case of the packages that this one depends on can be set up and called, on one side and on both.

import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt } from '../src/attempt.mjs';
import { loadCases, setUp } from '../src/cases.mjs';
import { root } from '../src/runtimes.mjs';
import { packagesWithCases, readManifest } from '../src/trees.mjs';

const { devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  devDependencies: Record<string, string>;
};
const folders = packagesWithCases(root).filter((folder) =>
  Object.hasOwn(devDependencies, readManifest(join(root, 'packages', folder)).name),
);

it('are there', () => {
  expect(folders).toEqual(['atomics', 'mini-exec', 'model-checker', 'oneshot', 'spinlock', 'spsc-ring']);
});

// In a process of its own, as the gate does it.
describe.each(folders)('%s', { timeout: 120_000 }, async (folder) => {
  it.each((await loadCases(root, folder)).map(({ name }) => name))('%s', async (name) => {
    expect(await attempt(root, folder, name, 'head')).toBeDefined();
  });
});

it('a case that fails is an error on the head, and new on the base', async () => {
  await expect(attempt(root, 'atomics', 'no such case', 'head')).rejects.toThrow('has no case no such case');
  expect(await attempt(root, 'atomics', 'no such case', 'base')).toBeUndefined();
});

describe('a side', () => {
  let side: string;
  const write = (file: string, text: string): void => {
    mkdirSync(join(side, 'packages', 'one', file, '..'), { recursive: true });
    writeFileSync(join(side, 'packages', 'one', file), text);
  };
  beforeAll(() => {
    side = mkdtempSync(join(tmpdir(), 'bench-gate-side-'));
    write('package.json', '{ "name": "one", "type": "module", "exports": { "./net": { "default": "./net.mjs" } } }');
    write('net.mjs', 'export const answer = 42;');
    write(
      'bench/gate.mjs',
      `export const cases = [
         { name: 'net', entry: './net', threads: 2, setup: ({ answer }) => () => answer },
         { name: 'main', setup: () => () => {} },
       ];`,
    );
  });
  afterAll(() => rmSync(side, { recursive: true }));

  it('gives a case the entry point it asks for', async () => {
    const made = await setUp(side, 'one', 'net');
    expect(made!.call()).toBe(42);
    expect(made!.threads).toBe(2);
  });

  it('without the entry point, or the package, has nothing to set up', async () => {
    expect(await setUp(side, 'one', 'main')).toBeUndefined();
    expect(await setUp(side, 'two', 'main')).toBeUndefined();
  });

  it('is asked for a case that it does not have', async () => {
    await expect(setUp(side, 'one', 'other')).rejects.toThrow('packages/one/bench/gate.mjs has no case other');
    write('bench/gate.mjs', '');
  });
});
