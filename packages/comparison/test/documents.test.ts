// Documents and charts show what the results say, and nothing else.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../bench-gate/src/runtimes.mjs';
import { drawChart } from '../src/harness/charts.mjs';
import { current, fill, stale } from '../src/harness/render.mjs';
import type { ComparisonResult, Results, Run, SubjectResult } from '../src/harness/results.mjs';

const subject = (name: string, figure: number, ratio: number, more: Partial<SubjectResult> = {}): SubjectResult => ({
  subject: name,
  figure,
  ratio: { median: ratio, low: ratio * 0.9, high: ratio * 1.1 },
  ...more,
});
const run = (runtime: string, ...subjects: SubjectResult[]): Run => ({
  runtime,
  date: '2026-11-21',
  command: 'node packages/comparison/src/run.mjs lock --only plain',
  rounds: 7,
  subjects,
});
const base = { title: 'lock | unlock', unit: 'M/s', reference: 'peer', threads: 1 } as const;

const plain: ComparisonResult = {
  ...base,
  chart: 'bars',
  runs: {
    node20: run('Node 20.20.2', subject('ours', 45.4, 80.2), subject('peer', 0.566, 1, { version: 'peer@1.2.3' })),
    node24: run('Node 24.21.0', subject('ours', 44, 70), { subject: 'peer', unsupported: 'it does not load' }),
  },
};
const batches: ComparisonResult = {
  ...base,
  parameter: 'batch',
  chart: 'lines',
  runs: {
    node20: run(
      'Node 20.20.2',
      ...[1, 64].flatMap((parameter) => [
        subject('ours', 50 * parameter, 3, { parameter }),
        subject('peer', 17 * parameter, 1, { parameter }),
      ]),
    ),
  },
};
const latency: ComparisonResult = {
  ...base,
  unit: 'µs',
  chart: 'latency',
  runs: {
    bun: run(
      'Bun 1.4.5',
      subject('ours', 5, 10, { latency: { count: 100, buckets: { 130: 98, 160: 2 } }, extra: { fairness: 0.934 } }),
      subject('peer', 50, 1, { latency: { count: 10, buckets: { 170: 10 } } }),
    ),
  },
};
const results = (folder: string): Results => (folder === 'lock' ? { plain, batches, latency } : {});
const filled = (mark: string): string => {
  const { text, problems } = fill(
    `before\n<!-- comparison:${mark} -->\n<!-- /comparison -->\nafter\n`,
    'lock',
    results,
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return text;
};

describe('a table', () => {
  it('has runtimes side by side, and says how it came to be', () => {
    expect(filled('plain')).toBe(`before
<!-- comparison:plain -->

| lock \\| unlock | Node 20: M/s | ratio | Node 24: M/s | ratio |
| -------------- | -----------: | ----: | -----------: | ----: |
| ours           |           45 |    80 |           44 |    70 |
| peer           |         0.57 |     1 |            – |     – |

Ratio: times as fast as peer. Medians of 7 rounds, every sample in a fresh process, 2026-11-21, Node 20.20.2, Node 24.21.0, peer@1.2.3. peer on Node 24: it does not load. Measure again: \`node packages/comparison/src/run.mjs lock --only plain\`.

<!-- /comparison -->
after
`);
  });

  it('shows the runtimes that are asked for', () => {
    expect(filled('lock/plain node24')).not.toContain('Node 20');
    expect(() => filled('plain bun')).toThrow('no results from bun, only from node20, node24');
  });

  it('has a column for each value of a parameter', () => {
    const text = filled('batches');
    expect(text).toContain('| Node 20: lock \\| unlock, M/s by batch |      1 |       64 |');
    expect(text).toContain('| ours                                  | 50 (3) | 3200 (3) |');
    expect(text).toContain('| peer                                  |     17 |     1090 |');
  });

  it('has columns for latencies and further figures', () => {
    const text = filled('latency');
    expect(text).toMatch(/\| Bun 1: µs \| ratio \| +p50 \| +p99 \| fairness \|/);
    expect(text).toMatch(/\| ours +\| +5 \| +10 \| 1\.88 µs \| 10\.6 µs \| +0\.93 \|/);
  });

  it('replaces what a hand has changed', () => {
    const changed = filled('plain').replace('| 45 |', '| 450 |').replace('  45 |', ' 450 |');
    expect(changed).toContain('450');
    expect(fill(changed, 'lock', results).text).toBe(filled('plain'));
  });

  it.each(['plain', 'batches', 'latency', 'plain chart'])('%s is left alone by the formatter', (mark) => {
    const { stdout, status } = spawnSync(
      join(root, 'node_modules', '.bin', 'oxfmt'),
      ['--stdin-filepath', join(root, 'packages', 'comparison', 'some.md')],
      { input: filled(mark), encoding: 'utf8', cwd: root },
    );
    expect(status).toBe(0);
    // The formatter parts the lines before and after from the marks; the rest stays.
    expect(stdout).toContain(filled(mark).replace('before\n', '').replace('\nafter\n', ''));
  });
});

describe('a mark', () => {
  it.each([
    ['speed', 'there are no results of lock/speed'],
    ['ring/plain', 'there are no results of ring/plain'],
  ])('%s: %s', (mark, message) => {
    expect(() => filled(mark)).toThrow(message);
  });

  it('that is not closed is a problem', () => {
    const { problems } = fill('<!-- comparison:plain -->\n', 'lock', results);
    expect(problems).toEqual(['a mark `<!-- comparison:… -->` has no `<!-- /comparison -->`']);
  });

  it('outside of a package has to name one', () => {
    const { problems } = fill('<!-- comparison:plain -->\n<!-- /comparison -->', undefined, results);
    expect(problems).toEqual(['comparison:plain: it does not name its package']);
  });

  it('that cannot be filled is left as it is, and keeps none of the others from it', () => {
    const [unknown, known] = ['speed', 'plain'].map((name) => `<!-- comparison:${name} -->\n<!-- /comparison -->\n`);
    const { text, problems } = fill(`${unknown}\n${known}`, 'lock', results);
    expect(text.startsWith(unknown!)).toBe(true);
    expect(text).toContain('| ours');
    expect(problems).toEqual(['comparison:speed: there are no results of lock/speed']);
  });
});

describe('a chart', () => {
  it.each(Object.entries({ plain, batches, latency }))('of %s draws every subject', (_, result) => {
    const svg = drawChart(result)!;
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    for (const { subjects, runtime } of Object.values(result.runs)) {
      expect(svg).toContain(runtime);
      for (const { subject: name, unsupported } of subjects)
        if (unsupported === undefined) expect(svg).toContain(`>${name}`);
    }
  });

  it('of bars has their lengths in proportion', () => {
    const widths = [...drawChart(plain)!.matchAll(/<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toHaveLength(3);
    expect(widths[1]! / widths[0]!).toBeCloseTo(0.566 / 45.4, 2);
  });
});

describe('this repository', () => {
  it('shows what was measured: else `node packages/comparison/src/render.mjs`', () => {
    expect(stale()).toEqual([]);
  });

  // A fault planted in each document that shows figures, and in a chart.
  it.each([
    ['packages/spinlock/README.md', /(?<=<!-- comparison:uncontended [^]*\n\| Mutex +\| +)\d/],
    ['packages/spsc-ring/README.md', /(?<=<!-- comparison:single [^]*\n\| ringbuf\.js +\| +)\d/],
    ['packages/comparison/charts/spinlock-uncontended.svg', /(?<=<rect [^>]*width=")\d/],
  ])('finds a figure that a hand has changed in %s', (changed, figure) => {
    const text = current(changed)!;
    const other = text.replace(figure, (digit) => String((Number(digit) + 1) % 10));
    expect(other).not.toBe(text);
    expect(stale((file) => (file === changed ? other : current(file)))).toEqual([
      `${changed} does not show the results`,
    ]);
  });

  it('keeps no path and no name of a machine in its results', () => {
    const folder = join(root, 'packages', 'comparison', 'results');
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text).not.toMatch(/"[^"]*(?:\/(?:home|root|tmp|work|Users)\/|[A-Z]:\\)/);
    }
  });
});
