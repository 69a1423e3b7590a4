// A cached pass must stand for the run it replaces. turbo reports the hash of each task
// without running it; whatever can change a test's outcome has to change the hash.

import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesBelow, packages, read, root } from './repository.ts';

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

interface Task {
  readonly taskId: string;
  readonly hash: string;
  readonly dependencies: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
}

/** Lists every task that `npm test` runs. */
async function plan(environment: Record<string, string> = {}): Promise<Task[]> {
  const { stdout } = await promisify(execFile)(turbo, ['run', 'build', 'typecheck', 'lint', 'test', '--dry=json'], {
    cwd: copy,
    env: { HOME: process.env['HOME']!, PATH, TURBO_TELEMETRY_DISABLED: '1', ...environment },
    maxBuffer: 1 << 26,
    shell: process.platform === 'win32',
  });
  return (JSON.parse(stdout) as { tasks: Task[] }).tasks;
}

/** Gives the hash of every task, by its id. */
async function hashes(environment?: Record<string, string>): Promise<Record<string, string>> {
  return Object.fromEntries((await plan(environment)).map(({ taskId, hash }) => [taskId, hash]));
}

/** Lists the tasks that come before one. */
function earlier(id: string, tasks: readonly Task[], found = new Set<string>()): Set<string> {
  for (const next of tasks.find(({ taskId }) => taskId === id)?.dependencies ?? []) {
    if (found.has(next)) continue;
    found.add(next);
    earlier(next, tasks, found);
  }
  return found;
}

/** Lists what a package's modules and tests take from other packages' folders: `folder/path` each. */
function taken(folder: string): string[] {
  const sources = ['src', 'test'].flatMap((part) =>
    ['.ts', '.mjs'].flatMap((ending) => filesBelow(`packages/${folder}/${part}`, ending)),
  );
  const others = packages().map((other) => `packages/${other.folder}/`);
  return sources
    .flatMap((source) =>
      [...read(source).matchAll(/(?<=['"`])(?:\.\.?\/)+[\w./-]+/g)].map(([path]) =>
        posix.join(posix.dirname(source), path),
      ),
    )
    .filter((path) => !path.startsWith(`packages/${folder}/`) && others.some((other) => path.startsWith(other)))
    .map((path) => path.slice('packages/'.length));
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

it('no test reads what another package has not built yet, nor what its hash does not know', async () => {
  const tasks = await plan();
  const unknown = packages().flatMap(({ folder, name }) => {
    const done = earlier(`${name}#test`, tasks);
    const { inputs } = tasks.find(({ taskId }) => taskId === `${name}#test`) ?? { inputs: {} };
    const known = (path: string): boolean => {
      const [other, part] = path.split('/');
      if (part === 'dist') return done.has(`@concurrency-lab/${other}#build`);
      return done.has(`@concurrency-lab/${other}#transit`) || `../${path}` in inputs;
    };
    return taken(folder)
      .filter((path) => !known(path))
      .map((path) => `${folder} takes ${path}`);
  });
  expect(unknown).toEqual([]);
  expect(taken('model-checker')).toEqual(expect.arrayContaining(['atomics/dist', 'mini-exec/dist']));
});

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
