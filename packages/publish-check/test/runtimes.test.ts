// The published tarballs on every supported runtime. The runtimes but this Node are there
// only where `node .ci/runtimes.cjs` has installed them; REQUIRE_RUNTIMES makes that a must.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, scratchProject, type ScratchProject } from './tarballs.ts';

interface Runtime {
  readonly binary: string;
  readonly version: string;
}

const runtimes = JSON.parse(readFileSync(new URL('../runtimes.json', import.meta.url), 'utf8')) as Record<
  string,
  Runtime
>;
const cache = join(root, 'node_modules', '.cache', 'runtimes');

let project: ScratchProject;
beforeAll(() => {
  project = scratchProject();
});
afterAll(() => project[Symbol.dispose]());

/** The programs of `smoke/`, one for each package; what they start is in its subfolder. */
const programs = readdirSync(new URL('../smoke', import.meta.url)).filter((file) => file.endsWith('.mjs'));

async function run(binary: string, args: readonly string[], program: string): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(binary, [...args, program], { cwd: project.directory });
  return JSON.parse(stdout) as Record<string, string>;
}

it.each(programs)('%s runs on this Node', async (program) => {
  const report = await run(process.execPath, [], program);
  expect(report).toMatchObject({ runtime: 'node', version: process.versions.node });
});

describe.each(Object.entries(runtimes))('on %s', (name, { binary, version }) => {
  const path = join(cache, binary);
  const missing = !existsSync(path) && process.env['REQUIRE_RUNTIMES'] === undefined;
  const title = missing ? '%s is skipped: `node .ci/runtimes.cjs` installs it' : `%s runs on version ${version}`;
  it.skipIf(missing).each(programs)(title, async (program) => {
    const report = await run(path, name === 'deno' ? ['run', '--allow-all'] : [], program);
    expect(report).toMatchObject({ runtime: name.replace(/\d+$/, ''), version });
  });
});
