// The proof page: made of the fixture's records, and of no others; wrong as soon as it says anything else.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatDrift } from '../src/drift.ts';
import { checkProof, makeProof, PROOF, writeProof } from '../src/proof/page.ts';
import { NoRecordsError, writeAll } from '../src/write.ts';
import { copyFixture, EVIDENCE, plant, RECORD, runModels } from './planted.ts';

let proven: ReturnType<typeof copyFixture>;
beforeAll(async () => {
  proven = copyFixture();
  const { passed, output } = await runModels(proven.root);
  if (!passed) throw new Error(output);
  writeProof(proven.root);
}, 240_000);
afterAll(() => proven[Symbol.dispose]());

/** Leaves the record of a run of the latch's tests on a runtime. */
function passOn(root: string, runtime: string, version: string, green: boolean): void {
  const folder = join(root, 'packages/publish-check/.vitest/runtimes');
  mkdirSync(folder, { recursive: true });
  const record = { package: 'latch', place: runtime, runtime, version, green };
  writeFileSync(join(folder, `${runtime}-${version}.latch.json`), JSON.stringify(record));
}

const rowsOf = (page: string, text: string): string[] =>
  page
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => line.replaceAll(/ +/g, ' '));

it('counts models, executions, mutants and rows', () => {
  const page = readFileSync(join(proven.root, PROOF), 'utf8');
  expect(rowsOf(page, '| latch (')).toEqual(['| latch (ADR 0000) | 1 | 2 | 0 | 5 of 5 | 4 | 1 | 0 |']);
  expect(rowsOf(page, '| latch.model >')).toEqual([
    '| latch.model > gets what was set, in every interleaving | 1 | 2 | every interleaving |',
  ]);
  expect(checkProof(proven.root)).toEqual([]);
  expect(writeProof(proven.root)).toBe(false);
});

it('finds a figure that was changed by hand, and one that has changed', () => {
  using copy = copyFixture(proven.root);
  const line = plant(copy.root, PROOF, '5 of 5', '6 of 6');
  expect(checkProof(copy.root).map(formatDrift)).toEqual([
    expect.stringMatching(`^${PROOF}:${line} says ".* 6 of 6 .*", the records ".* 5 of 5 .*"$`),
  ]);
  using other = copyFixture(proven.root);
  plant(other.root, EVIDENCE, '"executions":2', '"executions":5');
  expect(checkProof(other.root)).toHaveLength(1);
});

it('is written from records only: without any, the page and the tables stay as they are', () => {
  using copy = copyFixture(proven.root);
  plant(copy.root, PROOF, '5 of 5', '6 of 6');
  const files = [PROOF, RECORD].map((file) => join(copy.root, file));
  const before = files.map((file) => readFileSync(file, 'utf8'));
  rmSync(join(copy.root, EVIDENCE, '..'), { recursive: true });
  expect(() => writeAll(copy.root)).toThrow(NoRecordsError);
  expect(() => writeAll(copy.root)).toThrow('no records of the models of latch; run `npm test` first');
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  using other = copyFixture(proven.root);
  plant(other.root, PROOF, '5 of 5', '6 of 6');
  expect(writeAll(other.root)).toEqual([PROOF]);
  expect(writeAll(other.root)).toEqual([]);
});

it('names a package of which nothing is recorded yet', () => {
  using copy = copyFixture();
  expect(makeProof(copy.root, true).markdown).not.toContain('Nothing is recorded');
  plant(copy.root, RECORD, '`latch`.', '`latch`.\nModels leave no record yet: its rows are open.');
  expect(makeProof(copy.root, true).markdown).toContain('Nothing is recorded of latch yet.');
});

it('finds a line too many at the end', () => {
  using copy = copyFixture(proven.root);
  writeFileSync(join(copy.root, PROOF), `${readFileSync(join(copy.root, PROOF), 'utf8')}More.\n`);
  expect(checkProof(copy.root)).toHaveLength(1);
});

it('says less of models that were not explored to the end', () => {
  using copy = copyFixture(proven.root);
  plant(copy.root, EVIDENCE, '"isExhaustive":true', '"isExhaustive":false');
  const { markdown } = makeProof(copy.root, true);
  expect(rowsOf(markdown, '| latch (')).toEqual(['| latch (ADR 0000) | 0 | 0 | 1 | 5 of 5 | 4 | 1 | 0 |']);
  expect(rowsOf(markdown, '| latch.model >')[0]).toMatch(/\| 1 \| – \| within a budget \|$/);
});

it('gives no figures of models that were generated', () => {
  using copy = copyFixture(proven.root);
  plant(copy.root, EVIDENCE, '"kind":"model"', '"kind":"scenario"');
  const { markdown } = makeProof(copy.root, true);
  expect(rowsOf(markdown, '| latch (')).toEqual(['| latch (ADR 0000) | 0 | 0 | 0 | 5 of 5 | 4 | 1 | 0 |']);
  expect(rowsOf(markdown, '| latch.model >')[0]).toMatch(/\| – \| – \| generated \|$/);
});

it('keeps what it says of runtimes that a run did not have', () => {
  using copy = copyFixture(proven.root);
  passOn(copy.root, 'deno', '2.9.6', true);
  passOn(copy.root, 'node', '22.23.3', false);
  expect(writeProof(copy.root)).toBe(true);
  using other = copyFixture(proven.root);
  writeFileSync(join(other.root, PROOF), readFileSync(join(copy.root, PROOF)));
  expect(checkProof(other.root)).toEqual([]);
  passOn(other.root, 'node', '22.99.0', true);
  expect(checkProof(other.root)).toHaveLength(1);
  expect(writeProof(other.root)).toBe(true);
  const page = readFileSync(join(other.root, PROOF), 'utf8');
  expect(rowsOf(page, 'Deno')).toEqual(['| Deno 2 | passes |']);
  expect(rowsOf(page, 'Node 22')).toEqual(['| Node 22 | passes |']);
});

it('is right on a runtime that it does not name, and names it when it is written', () => {
  using copy = copyFixture(proven.root);
  passOn(copy.root, 'node', '26.10.0', true);
  expect(checkProof(copy.root)).toEqual([]);
  expect(writeProof(copy.root)).toBe(true);
  expect(readFileSync(join(copy.root, PROOF), 'utf8')).toContain('| Node 26 |');
});

it('is a page of HTML too', () => {
  const { html } = makeProof(proven.root, true);
  expect(html).toContain('<td>latch (ADR 0000)</td><td>1</td><td>2</td>');
  expect(html).toContain('latch.model &gt; gets what was set');
});
