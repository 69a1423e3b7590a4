// What a run on a runtime must not get away with, each planted in a report that is good otherwise.

import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Outcome, Report } from '../portable/run.ts';
import { EXCEPTIONS, type Exception, FILES_NOT_PORTABLE, NOT_PORTABLE, SELDOM } from './portable-exceptions.ts';
import { complaints, type Intended } from './portable-judge.ts';
import { behaviourTests } from './portable-layout.ts';
import { publishedPackages } from './tarballs.ts';

const passed: Outcome = { file: '/somewhere/test/ring.test.js', name: 'a > b', state: 'passed' };
const failed: Outcome = { ...passed, name: 'a > c', state: 'failed', error: 'Error: no such thing here' };
const excepted: Exception = { file: 'spsc-ring/ring', test: /c$/, on: ['node'], because: 'it is so', shows: /no such/ };
const node24: Intended = { place: 'node', version: '24.21.0' };
const report = (...outcomes: Outcome[]): Report => ({
  probe: { runtime: 'node', version: '24.21.0', scope: 'process', crossOriginIsolated: undefined },
  outcomes,
});

function judge(given: Report, intended = node24, exceptions: readonly Exception[] = []): string[] {
  return complaints(given, intended, 'spsc-ring', ['spsc-ring/ring'], exceptions);
}

it('a good run gives no cause for complaint', () => {
  expect(judge(report(passed, { ...passed, name: 'd', state: 'skipped' }))).toEqual([]);
  expect(judge(report(passed, failed), node24, [excepted])).toEqual([]);
});

describe('an untested runtime', () => {
  it('is one that another stood in for', () => {
    const elsewhere = { ...report(passed), probe: { ...report().probe, version: '20.20.2' } };
    expect(judge(elsewhere)).toEqual(['meant for node 24.21.0 (process), ran on node 20.20.2 (process)']);
    expect(judge(report(passed), { place: 'bun', version: '24.21.0' })).toEqual([
      'meant for bun 24.21.0 (process), ran on node 24.21.0 (process)',
    ]);
  });

  it('is a page that stood in for a worker, or that was not isolated', () => {
    const page: Report = {
      probe: { runtime: 'chromium', version: '156.0.0.0', scope: 'page', crossOriginIsolated: false },
      outcomes: [passed],
    };
    expect(judge(page, { place: 'worker', version: '156.0.0.0' })).toEqual([
      'meant for chromium 156.0.0.0 (worker), ran on chromium 156.0.0.0 (page)',
      'the page was not cross-origin isolated',
    ]);
  });

  it('is one on which a file, or everything, was left out', () => {
    expect(judge(report())).toEqual(['spsc-ring/ring was not run', 'nothing of spsc-ring passed']);
    expect(judge(report({ ...passed, state: 'skipped' }))).toEqual(['nothing of spsc-ring passed']);
  });
});

describe('a test', () => {
  it('that fails and is no exception is reported', () => {
    expect(judge(report(passed, failed))).toEqual(['spsc-ring/ring: a > c failed: Error: no such thing here']);
  });

  it('that fails otherwise than its exception says is reported', () => {
    const found = judge(report(passed, { ...failed, error: 'Error: lost 3 values' }), node24, [excepted]);
    expect(found).toEqual(['spsc-ring/ring: a > c failed otherwise: Error: lost 3 values']);
  });
});

describe('an exception', () => {
  it('that does run is reported', () => {
    const found = judge(report(passed, { ...passed, name: 'a > c' }), node24, [excepted]);
    expect(found[0]).toBe('spsc-ring/ring: a > c passes: it is no exception any more');
  });

  it('that names nothing is reported', () => {
    expect(judge(report(passed), node24, [excepted])).toEqual([
      'an exception names nothing: spsc-ring/ring /c$/, on node',
    ]);
    const whole: Exception = { ...excepted, file: 'spsc-ring/gone' };
    expect(judge(report(passed), node24, [whole])).toEqual([
      'an exception names nothing: spsc-ring/gone /c$/, on node',
    ]);
  });

  it('holds for its runtimes only', () => {
    expect(judge(report(passed, failed), node24, [{ ...excepted, on: ['deno'] }])).toEqual([
      'spsc-ring/ring: a > c failed: Error: no such thing here',
    ]);
  });

  it('names a file that there is, and a package that is published', () => {
    const files = publishedPackages().flatMap(({ folder }) =>
      behaviourTests({ folder }).map((file) => `${basename(folder)}/${file.replace(/\.test\.ts$/, '')}`),
    );
    for (const { file } of [...EXCEPTIONS, ...FILES_NOT_PORTABLE, ...SELDOM]) expect(files).toContain(file);
    const folders = publishedPackages().map(({ folder }) => basename(folder));
    for (const folder of Object.keys(NOT_PORTABLE)) expect(folders).toContain(folder);
  });
});
