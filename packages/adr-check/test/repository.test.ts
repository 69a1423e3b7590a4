// This repository: nothing in it drifts, and the proof page says what the last run has shown. The
// page is left as HTML too, in `.vitest/proof.html`.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checkRepository } from '../src/check.ts';
import { formatDrift } from '../src/drift.ts';
import { checkProof, makeProof } from '../src/proof/page.ts';
import { findSubjects } from '../src/workspace.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('depends on every package that has a record, so that its tests have run before', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { devDependencies } = JSON.parse(manifest) as { devDependencies: Record<string, string> };
  const needed = findSubjects(root).subjects.map(({ folder }) => `@concurrency-lab/${folder}`);
  expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining([...needed, '@concurrency-lab/publish-check']));
});

it('says the same in its records, in its sources and in its models', () => {
  expect(checkRepository(root).map(formatDrift)).toEqual([]);
}, 300_000);

it('shows on the proof page what the last run has proved', () => {
  const html = new URL('../.vitest/proof.html', import.meta.url);
  mkdirSync(new URL('.', html), { recursive: true });
  writeFileSync(html, makeProof(root, true).html);
  expect(checkProof(root).map(formatDrift)).toEqual([]);
}, 300_000);
