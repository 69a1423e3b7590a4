// The packages' own tests, with real threads too, on the published tarballs, on every runtime.
// Without the runtimes or Chromium they are skipped, and say so; REQUIRE_RUNTIMES and
// REQUIRE_CHROMIUM make them a must. PORTABLE=all adds the Nodes that a plain run leaves to
// the deep run, and tries more cases of each property. Each run leaves a record in `.vitest/runtimes`.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report, RunOptions } from '../portable/run.ts';
import { noChromium } from './chromium.ts';
import { type PortableBrowser, portableBrowser } from './portable-browser.ts';
import {
  EXCEPTIONS,
  type Exception,
  FILES_NOT_PORTABLE,
  NOT_PORTABLE,
  type Place,
  SELDOM,
} from './portable-exceptions.ts';
import { complaints, type Intended } from './portable-judge.ts';
import { recordOf } from './portable-record.ts';
import { behaviourTests, layTests } from './portable-layout.ts';
import { runProgram } from './portable-process.ts';
import { type Published, publishedPackages, root, scratchProject, type ScratchProject } from './tarballs.ts';

const packages = publishedPackages().filter(({ folder }) => !(basename(folder) in NOT_PORTABLE));
const records = fileURLToPath(new URL('../.vitest/runtimes', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'runtimes');
const installed = JSON.parse(readFileSync(new URL('../runtimes.json', import.meta.url), 'utf8')) as Record<
  string,
  { binary: string; version: string }
>;

const DEEP = process.env['PORTABLE'] === 'all';

/** Left to the deep run: what Node 20 and Node 24 share is not likely to be missing between them. */
const SELDOM_SERVERS = DEEP ? [] : ['node22', 'node26'];

/** A second try, which the summary shows: what is judged is the package, and not a runtime that stalled. */
const TRIES = { timeout: 1_200_000, retry: 1 };

const servers = [
  { name: 'this Node', place: 'node', binary: process.execPath, version: process.versions.node, missing: false },
  ...Object.entries(installed)
    .filter(([name]) => !SELDOM_SERVERS.includes(name))
    .map(([name, { binary, version }]) => ({
      name,
      place: name.replace(/\d+$/, '') as Place,
      binary: join(cache, binary),
      version,
      missing: !existsSync(join(cache, binary)) && process.env['REQUIRE_RUNTIMES'] === undefined,
    })),
] as const;

let project: ScratchProject;
beforeAll(async () => {
  rmSync(records, { recursive: true, force: true });
  mkdirSync(records, { recursive: true });
  project = scratchProject();
  await layTests(project, packages);
}, 240_000);
afterAll(() => project?.[Symbol.dispose]());

/** Whether a file is not run at a place: never, or only in the deep run. */
function isLeftOut(name: string, place: Place, file: string): boolean {
  if (FILES_NOT_PORTABLE.some((not) => not.file === file && not.on.includes(place))) return true;
  return !DEEP && SELDOM.some((seldom) => seldom.file === file && seldom.on.includes(name));
}

/** The exceptions of those that are tried at all. */
function triedAt(name: string, place: Place): Exception[] {
  return EXCEPTIONS.filter(({ file }) => !isLeftOut(name, place, file));
}

/** The test files of a package that are run at a place, without those that are left out there. */
function filesAt(name: string, place: Place, folder: string): string[] {
  return behaviourTests({ folder })
    .map((file) => file.replace(/\.test\.ts$/, ''))
    .filter((file) => !isLeftOut(name, place, `${basename(folder)}/${file}`));
}

/** What to run of one file of a package, whose path within the project becomes what `address` makes of it. */
function options(
  { name, folder }: Published,
  file: string,
  place: Place,
  address: (path: string) => string,
): RunOptions {
  const hopeless = EXCEPTIONS.filter(
    ({ on, ...of }) => on.includes(place) && of.file === `${basename(folder)}/${file}`,
  );
  return {
    files: [address(`node_modules/${name}/test/${file}.test.js`)],
    hopeless: hopeless.flatMap(({ test }) => (test === undefined ? [] : [test.source])),
    runs: DEEP ? 50 : 10,
    seed: Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000),
    timeout: 120_000,
  };
}

/** Runs each test file of a package by itself, two at a time, as vitest does; gives one report of all. */
async function runEach(
  subject: Published,
  name: string,
  place: Place,
  run: (file: string) => Promise<Report>,
): Promise<Report> {
  const left = filesAt(name, place, subject.folder);
  const reports: Report[] = [];
  const worker = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) reports.push(await run(file));
  };
  await Promise.all([worker(), worker()]);
  const [first, ...others] = reports;
  for (const { probe } of others) expect(probe).toEqual(first!.probe);
  return { probe: first!.probe, outcomes: reports.flatMap(({ outcomes }) => outcomes) };
}

/** Keeps what was run where, for reports; gives what is wrong with it. */
function conclude(report: Report, name: string, intended: Intended, { folder }: Published): string[] {
  const own = basename(folder);
  const files = filesAt(name, intended.place, folder).map((file) => `${own}/${file}`);
  const found = complaints(report, intended, own, files, triedAt(name, intended.place));
  const record = recordOf(report, name, intended, own, files, found);
  writeFileSync(join(records, `${name.replaceAll(' ', '-')}.${own}.json`), JSON.stringify(record, null, 2) + '\n');
  return found;
}

describe.each(servers)('on $name $version', ({ name, place, binary, version, missing }) => {
  const title = missing ? '$name is skipped: `node .ci/runtimes.cjs` installs the runtime' : 'the tests of $name pass';
  it.skipIf(missing).each(packages)(title, TRIES, async (subject) => {
    const program = join(project.directory, 'node_modules', 'portable', 'main.js');
    const args = [...(place === 'deno' ? ['run', '--allow-all'] : []), program];
    const report = await runEach(subject, name, place, (file) => {
      const run = options(subject, file, place, (path) => join(project.directory, path));
      return runProgram(binary, args, run, project.directory);
    });
    const found = conclude(report, name, { place, version }, subject);
    expect(found, found.join('\n\n')).toEqual([]);
  });
});

describe.skipIf(noChromium)(noChromium ? 'in Chromium, which is not installed' : 'in Chromium', () => {
  let browser: PortableBrowser;
  beforeAll(async () => {
    browser = await portableBrowser(project.directory);
  });
  afterAll(() => browser?.[Symbol.asyncDispose]());

  describe.each(['page', 'worker'] as const)('on a %s', (place) => {
    it.each(packages)('the tests of $name pass', TRIES, async (subject) => {
      const report = await runEach(subject, place, place, (file) =>
        browser.run(
          place,
          options(subject, file, place, (path) => `/${path}`),
        ),
      );
      const found = conclude(report, place, { place, version: reduced(browser.version) }, subject);
      expect(found, found.join('\n\n')).toEqual([]);
    });
  });
});

/** A page is told the major version of its browser only. */
function reduced(version: string): string {
  return `${version.split('.')[0]}.0.0.0`;
}
