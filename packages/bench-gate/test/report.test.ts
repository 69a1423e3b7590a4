import { expect, it } from 'vitest';
import { drawComparison, drawTrend } from '../src/charts.mjs';
import type { CaseResult } from '../src/gate.mjs';
import { placement } from '../src/placement.mjs';
import { addToHistory, describeCase, type Entry, type Report } from '../src/report.mjs';

const measured = (low: number, median: number, high: number): CaseResult['processes'][number] => ({
  ratio: { low, median, high },
});
const result = (name: string, verdict: CaseResult['verdict'], ...processes: CaseResult['processes']): CaseResult => ({
  package: 'ring',
  name,
  threads: 1,
  measure: 'time',
  decides: true,
  limit: 1.05,
  verdict,
  processes,
});
const report = (base: string, head: string, ...cases: CaseResult[]): Report => ({
  date: '2026-11-21T00:00:00.000Z',
  base,
  head,
  runtime: 'Node 20.20.2',
  cases,
});

it('describes a case with its intervals, and where the threads ran', () => {
  const slower = result('push', 'regression', measured(1.08, 1.1, 1.12), measured(1.09, 1.11, 1.13));
  expect(describeCase(slower)).toMatch(
    /^regression +ring: push \(time\) +1\.105 of base \(1\.080\.\.1\.120, 1\.090\.\.1\.130; limit 1\.05\)$/,
  );
  expect(describeCase({ ...slower, decides: false })).toContain('; limit 1.05; only reported)');
  const contended = { ...measured(0.9, 1, 1.1), calibration: [120, 430] as [number, number] };
  expect(describeCase(result('both', 'inconclusive', contended))).toContain('; cores near and far)');
  expect(describeCase(result('young', 'new', { isNew: true }))).toContain('the base does not have it');
});

it('names placements by the round trip', () => {
  expect([100, 135, 249].map(placement)).toEqual(['near', 'near', 'near']);
  expect([415, 525].map(placement)).toEqual(['far', 'far']);
  expect(placement(50_000)).toBe('shared');
});

it('keeps one entry for each pair of commits', () => {
  const first = report('a', 'b', result('push', 'inconclusive', measured(1, 1.01, 1.02)));
  const again = report('a', 'b', result('push', 'inconclusive', measured(1, 1.02, 1.03)));
  const next = report(
    'b',
    'c',
    result('push', 'improvement', measured(0.4, 0.5, 0.6)),
    result('new', 'new', { isNew: true }),
  );
  const history = [first, again, next].reduce<Entry[]>(addToHistory, []);
  expect(history.map(({ base, head, ratios }) => [base, head, ratios])).toEqual([
    ['a', 'b', { 'ring: push (time)': 1.02 }],
    ['b', 'c', { 'ring: push (time)': 0.5 }],
  ]);
});

it('draws a comparison: each case with a line for each process, nothing of the new', () => {
  const svg = drawComparison(
    report(
      'a',
      'b',
      result('push & pop', 'regression', measured(1.2, 1.3, 1.4), measured(1.25, 1.3, 1.35)),
      result('steady', 'inconclusive', measured(0.98, 1, 1.02)),
      result('young', 'new', { isNew: true }),
    ),
  );
  expect(svg).toContain('ring: push &amp; pop');
  expect(svg.match(/<circle/g)).toHaveLength(3);
  expect(svg).not.toContain('young');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

it('draws a trend: ratios multiply while each base is the head before', () => {
  const entry = (base: string, head: string, ratio: number): Entry => ({
    date: '',
    base,
    head,
    ratios: { push: ratio },
  });
  const unbroken = drawTrend([entry('a', 'b', 2), entry('b', 'c', 2)]);
  expect(unbroken.match(/class="line"/g)).toHaveLength(1);
  const broken = drawTrend([entry('a', 'b', 2), entry('x', 'c', 2)]);
  expect(broken.match(/class="line"/g)).toHaveLength(2);
  // 2 × 2 = 4 is on the axis of the first, not on that of the second.
  expect(unbroken).toContain('>4</text>');
  expect(broken).not.toContain('>4</text>');
  expect(drawTrend([])).not.toMatch(/NaN|undefined|Infinity/);
});
