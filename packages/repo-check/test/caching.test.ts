// A cached pass must stand for the run it replaces. turbo reports the hash of each task
// without running it; whatever can change a test's outcome has to change the hash.

import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packages, read, root } from './repository.ts';

const turbo = join(root, 'node_modules', '.bin', 'turbo');
const PATH = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'concurrency-lab-turbo-'));
  const left = new Set(['node_modules', '.git', '.turbo', '.vitest', '.examples', 'dist']);
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Gives the hash of every task that `npm test` runs, by its id. */
async function hashes(environment: Record<string, string> = {}): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(turbo, ['run', 'build', 'typecheck', 'lint', 'test', '--dry=json'], {
    cwd: copy,
    env: { HOME: process.env['HOME']!, PATH, TURBO_TELEMETRY_DISABLED: '1', ...environment },
    maxBuffer: 1 << 26,
    shell: process.platform === 'win32',
  });
  const { tasks } = JSON.parse(stdout) as { tasks: { taskId: string; hash: string }[] };
  return Object.fromEntries(tasks.map(({ taskId, hash }) => [taskId, hash]));
}

/** Lists the tasks whose hash differs. */
function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter((id) => after[id] !== before[id]);
}

const tests = (folders: string[]): string[] => folders.map((folder) => `@concurrency-lab/${folder}#test`);

it.each(['adr-check', 'browser-tests', 'publish-check', 'repo-check'])(
  '%s depends on every published package',
  (folder) => {
    const { devDependencies } = JSON.parse(read(`packages/${folder}/package.json`)) as { devDependencies: object };
    const published = packages().filter(({ isPublished }) => isPublished);
    expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(published.map(({ name }) => name)));
  },
);

it('hashes the same when nothing has changed', async () => {
  expect(changed(await hashes(), await hashes())).toEqual([]);
});

it.each([
  'FC_SEED',
  'FC_RUNS',
  'MODEL_EXECUTIONS',
  'NODE_VERSION_KEY',
  'CHROMIUM',
  'RUNTIMES_KEY',
  'REQUIRE_CHROMIUM',
  'REQUIRE_RUNTIMES',
])('%s asks for new runs of the tests', async (variable) => {
  const ids = changed(await hashes(), await hashes({ [variable]: 'another' }));
  expect(ids).toEqual(expect.arrayContaining(tests(['atomics', 'mini-exec', 'browser-tests', 'publish-check'])));
});

it.each([
  [
    'packages/atomics/src/park.ts',
    ['atomics', 'mini-exec', 'examples', 'browser-tests', 'publish-check', 'repo-check'],
  ],
  ['packages/mini-exec/src/time.ts', ['mini-exec', 'examples', 'browser-tests', 'publish-check', 'repo-check']],
  ['packages/atomics/test/park.test.ts', ['atomics']],
  ['packages/atomics/README.md', ['repo-check', 'publish-check']],
  ['packages/examples/src/echo/server.ts', ['examples']],
  ['adr/0002-atomics.md', ['adr-check', 'repo-check']],
  ['README.md', ['repo-check']],
  ['.github/workflows/ci.yml', ['repo-check']],
  ['.ci/task.cjs', ['repo-check']],
  ['vitest.setup.ts', ['atomics', 'mini-exec', 'examples', 'browser-tests', 'publish-check', 'repo-check']],
  ['vitest.prop.ts', ['atomics', 'spinlock', 'spsc-ring', 'oneshot', 'mini-exec']],
  ['vitest.threads.ts', ['atomics', 'spinlock', 'spsc-ring', 'oneshot', 'mini-exec']],
  ['pnpm-lock.yaml', ['repo-check', 'publish-check']],
])('a change of %s asks for new runs of what depends on it', async (path, folders) => {
  const before = await hashes();
  appendFileSync(join(copy, path), '\n');
  expect(changed(before, await hashes())).toEqual(expect.arrayContaining(tests(folders)));
});

it('a change of one package leaves those alone that do not depend on it', async () => {
  const before = await hashes();
  appendFileSync(join(copy, 'packages/mini-exec/src/time.ts'), '\n');
  const ids = changed(before, await hashes());
  expect(ids).not.toContain('@concurrency-lab/atomics#test');
  expect(ids).not.toContain('@concurrency-lab/atomics#build');
});
