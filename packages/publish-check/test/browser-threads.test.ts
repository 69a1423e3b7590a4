// Real threads in Chromium on the published tarballs: the tests of packages/browser-tests, which start workers
// and worklets from pages, and load the installed files here. The portable tests have no such threads in a browser.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noChromium } from './chromium.ts';
import { NOT_PORTABLE } from './portable-exceptions.ts';
import { publishedPackages, root, scratchProject, type ScratchProject, tool } from './tarballs.ts';

const require = createRequire(import.meta.url);

/** The tests of each package that have threads, by the name of their file. */
const WITH_THREADS: Readonly<Record<string, string>> = {
  atomics: 'atomics',
  'mini-exec': 'mini-exec-threads',
  oneshot: 'oneshot',
  runtime: 'runtime',
  spinlock: 'spinlock',
  'spsc-ring': 'spsc-ring',
};

const published = publishedPackages()
  .map(({ folder }) => basename(folder))
  .filter((folder) => !(folder in NOT_PORTABLE));

interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

let project: ScratchProject;
beforeAll(() => {
  project = scratchProject();
});
afterAll(() => project[Symbol.dispose]());

it.skipIf(noChromium)(
  noChromium ? 'Chromium is not installed' : 'each package passes with threads of a page',
  async () => {
    const output = join(project.directory, 'results.json');
    const vitest = join(require.resolve('vitest/package.json'), '..', 'vitest.mjs');
    const args = [vitest, 'run', '--reporter=json', `--outputFile=${output}`];
    const env = { VITE_PACKED: join(project.directory, 'node_modules') };
    const problem = await tool(process.execPath, args, join(root, 'packages', 'browser-tests'), env).then(
      () => '',
      (error: { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`,
    );
    expect(problem).toBe('');
    const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Results;
    const passed = testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'passed').map(({ fullName }) => `${name}: ${fullName}`),
    );
    expect(passed).toContainEqual(expect.stringMatching(/packed\.browser\.test\.ts: runs what was installed$/));
    for (const name of published)
      expect(passed, name).toContainEqual(
        expect.stringMatching(new RegExp(`/${WITH_THREADS[name]}\\.browser\\.test\\.ts: `)),
      );
  },
  600_000,
);
