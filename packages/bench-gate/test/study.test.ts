// What the study found is what the README says, and is good enough.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCases } from '../src/cases.mjs';
import { root } from '../src/runtimes.mjs';
import { packagesWithCases } from '../src/trees.mjs';
import { claim, count, fillClaim, type Row, summarise } from '../study/summary.mjs';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const kept = JSON.parse(read('study/results.json')) as Row[];

const row = (more: Partial<Row>): Row => ({
  case: 'ring: push',
  threads: 1,
  measure: 'time',
  planted: 0,
  load: 'idle',
  commit: 'abc',
  verdict: 'inconclusive',
  ratio: 1,
  processes: [[0.99, 1, 1.01]],
  ...more,
});

/** The single-thread cases that there are now, as the rows name them. */
const cases: string[] = [];
for (const folder of packagesWithCases(root)) {
  for (const one of await loadCases(root, folder)) {
    if ((one.threads ?? 1) === 1) cases.push(`${folder}: ${one.name}`);
  }
}

describe('the rows that are kept', () => {
  const counted = kept.filter(({ measure }) => measure === 'instructions');
  const same = counted.filter(({ planted }) => planted === 0);
  const slower = counted.filter(({ planted }) => planted > 0);

  it('say of instructions, which decide: no false alarm on equal sides', () => {
    expect(same.length).toBeGreaterThan(0);
    expect(count(counted).falseAlarms).toBe(0);
  });

  it('say of instructions: every slow-down of 10 % was caught', () => {
    expect(slower.length).toBeGreaterThan(0);
    for (const { planted, verdict, case: name } of slower) {
      expect(planted).toBeLessThanOrEqual(0.1);
      expect(verdict, name).toBe('regression');
    }
  });

  it('say so of every single-thread case that there is', () => {
    const found = [...new Set(same.map((one) => one.case))];
    expect(found.toSorted()).toEqual(cases.toSorted());
    expect([...new Set(slower.map((one) => one.case))].toSorted()).toEqual(found.toSorted());
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

  it('are told by measure and load', () => {
    const counted = { measure: 'instructions', load: 'any' } as const;
    expect(claim([...rows, row({ load: 'shared', ratio: 0.98 }), row(counted)])).toBe(
      [
        '- _Instructions_, whatever else runs: 0 false alarms in 1 comparisons of a commit with itself, 1 cases, ratios 1.000 to 1.000.',
        '- _Time_, on an otherwise idle machine: 2 false alarms in 3 comparisons of a commit with itself, 1 cases, ratios 1.000 to 1.000; of 2 slow-downs of 10 % planted in single-thread cases 1 caught, ratios 1.000 to 1.000.',
        '- _Time_, beside other work on both cores: 0 false alarms in 1 comparisons of a commit with itself, 1 cases, ratios 0.980 to 0.980.',
      ].join('\n'),
    );
    expect(summarise(rows)).toContain('equal sides: 2 false alarms in 3; planted: 1 of 2 caught');
  });

  it('need their marks', () => {
    expect(() => fillClaim('# Gate\n', rows)).toThrow('no marks');
  });
});
