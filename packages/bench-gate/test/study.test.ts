// What the study found is what the README says, and is good enough.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { claim, count, fillClaim, type Row, summarise } from '../study/summary.mjs';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const kept = JSON.parse(read('study/results.json')) as Row[];

const row = (more: Partial<Row>): Row => ({
  case: 'ring: push',
  threads: 1,
  planted: 0,
  load: 'idle',
  commit: 'abc',
  verdict: 'inconclusive',
  ratio: 1,
  processes: [[0.99, 1, 1.01]],
  ...more,
});

describe('the rows that are kept', () => {
  it('say that every case was compared with itself, without one false alarm', () => {
    const same = kept.filter(({ planted }) => planted === 0);
    expect(same.length).toBeGreaterThanOrEqual(20);
    for (const name of new Set(kept.map((one) => one.case))) {
      expect(same.filter((one) => one.case === name).length, name).toBeGreaterThanOrEqual(2);
    }
    expect(count(kept).falseAlarms).toBe(0);
  });

  it('say that every slow-down of 10 % was caught on an idle machine, and none taken for something else on a busy one', () => {
    const planted = kept.filter((one) => one.planted > 0);
    expect(planted.filter(({ load }) => load === 'idle').length).toBeGreaterThanOrEqual(3);
    for (const { planted: part, load, verdict, case: name } of planted) {
      expect(part).toBeLessThanOrEqual(0.1);
      expect(load === 'idle' ? ['regression'] : ['regression', 'inconclusive'], name).toContain(verdict);
    }
  });

  it('are what the README tells', () => {
    const readme = read('README.md');
    expect(fillClaim(readme, kept)).toBe(readme);
    expect(fillClaim(readme, [...kept, row({ verdict: 'regression' })])).not.toBe(readme);
  });
});

describe('the sums', () => {
  const rows = [
    row({}),
    row({ verdict: 'regression' }),
    row({ verdict: 'improvement' }),
    row({ planted: 0.1, verdict: 'regression' }),
    row({ planted: 0.1 }),
  ];

  it('count a verdict on equal sides as a false alarm, of either kind', () => {
    expect(count(rows)).toEqual({ same: 3, falseAlarms: 2, planted: 2, caught: 1 });
  });

  it('are told by load', () => {
    expect(claim([...rows, row({ load: 'shared' })])).toBe(
      [
        '- On an otherwise idle machine: the same commit on both sides, 1 cases, each at least 3 times, 3 comparisons: 2 false alarms. Of 2 slow-downs of 10 % planted in single-thread cases, 1 caught.',
        '- Beside other work, on both cores: the same commit on both sides, 1 cases, each at least 1 times, 1 comparisons: 0 false alarms.',
      ].join('\n'),
    );
    expect(summarise(rows)).toContain('equal sides: 2 false alarms in 3; planted: 1 of 2 caught');
  });

  it('need their marks', () => {
    expect(() => fillClaim('# Gate\n', rows)).toThrow('no marks');
  });
});
