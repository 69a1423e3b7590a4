// The record of a test file: what `modelChecker({ record })` has vitest leave behind.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ModelRecord } from '@concurrency-lab/model-checker';
import { afterAll, beforeAll, expect, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

const FLAG = `export const raise = (words: Int32Array) => {
  words[1] = 42;
  Atomics.store(words, 0, 1);
};
export const isRaised = (words: Int32Array) => Atomics.load(words, 0) === 1;
`;

const TEST = `import { explore, mutate, spawn, verify } from '@concurrency-lab/model-checker';
import { describe, it } from 'vitest';
import { isRaised, raise } from '../src/flag.ts';

function pass() {
  const words = new Int32Array(new SharedArrayBuffer(8));
  spawn(() => raise(words));
  if (isRaised(words) && words[1] !== 42) throw new Error('too early');
}
describe('flag', () => {
  it('passes', () => void verify(pass));
  it('fails', () => {
    explore(function race() {
      const words = new Int32Array(new SharedArrayBuffer(8));
      spawn(() => raise(words));
      if (Atomics.load(words, 0) === 1) return;
      words[1] = 1;
    });
  });
  it('mutates', () => void mutate({ pass }, { files: /src/ }));
});
`;

let path: string;
let record: ModelRecord;

beforeAll(async () => {
  path = mkdtempSync(join(tmpdir(), 'model-record-'));
  const files = {
    'package.json': '{"type":"module"}',
    'src/flag.ts': FLAG,
    'test/flag.test.ts': TEST,
    'test/other.test.ts': `import { it } from 'vitest'; it('explores nothing', () => {});`,
    'vitest.config.ts': `import { modelChecker } from '@concurrency-lab/model-checker/vite';
      export default { plugins: [modelChecker({ include: 'src/**', record: 'left/behind' })] };`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  mkdirSync(join(path, 'node_modules/@concurrency-lab'), { recursive: true });
  symlinkSync(PACKAGE, join(path, 'node_modules/@concurrency-lab/model-checker'), 'junction');
  for (const name of ['vite', 'vitest']) {
    symlinkSync(join(PACKAGE, 'node_modules', name), join(path, 'node_modules', name), 'junction');
  }
  const vitest = join(PACKAGE, 'node_modules/vitest/vitest.mjs');
  await promisify(execFile)(process.execPath, [vitest, 'run', '--testTimeout=120000'], { cwd: path });
  record = JSON.parse(readFileSync(join(path, 'left/behind/flag.test.ts.json'), 'utf8')) as ModelRecord;
}, 240_000);
afterAll(() => rmSync(path, { recursive: true, force: true }));

it('names what was explored, by test and function', () => {
  expect(record.node).toBe(process.versions.node);
  expect(record.models).toEqual([
    { test: 'flag > passes', kind: 'model', model: 'pass', executions: 2, isExhaustive: true, preemptionBound: 2 },
    expect.objectContaining({ test: 'flag > fails', model: 'race', failure: 'data-race' }),
  ]);
});

it('names every mutant by its line, relative to the tests', () => {
  const store = { file: 'src/flag.ts', line: 3, text: 'Atomics.store(words, 0, 1);' };
  expect(record.mutants.map(({ site, mutation, killedBy }) => [site.line, mutation, killedBy])).toEqual([
    [2, 'delay', 'pass'],
    [3, 'plain', 'pass'],
    [5, 'plain', 'pass'],
  ]);
  expect(record.mutants[1]).toEqual({
    test: 'flag > mutates',
    site: store,
    mutation: 'plain',
    status: 'killed',
    killedBy: 'pass',
    failure: 'data-race',
  });
});

it('names the lines that access shared memory', () => {
  const lines = record.accesses.filter(({ file }) => file === 'src/flag.ts').map(({ line }) => line);
  expect(new Set(lines)).toEqual(new Set([2, 3, 5]));
});

it('names the edges of the models that passed', () => {
  expect(record.edges.map(({ from, to, kind }) => [from.file, from.line, kind, to.file, to.line])).toEqual([
    ['src/flag.ts', 3, 'reads', 'src/flag.ts', 5],
  ]);
});

it('is not left by a test file without models', () => {
  expect(existsSync(join(path, 'left/behind/other.test.ts.json'))).toBe(false);
});
