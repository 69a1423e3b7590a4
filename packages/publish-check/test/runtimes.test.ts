// The published tarballs on every supported runtime. The runtimes but this Node are there
// only where `node .ci/runtimes.cjs` has installed them; REQUIRE_RUNTIMES makes that a must.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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
beforeAll(async () => {
  project = await scratchProject();
}, 120_000);
afterAll(() => project[Symbol.dispose]());

async function smoke(binary: string, args: readonly string[]): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(binary, [...args, 'smoke.mjs'], { cwd: project.directory });
  return JSON.parse(stdout) as Record<string, string>;
}

it('run on this Node', async () => {
  const report = await smoke(process.execPath, []);
  expect(report).toMatchObject({ runtime: 'node', version: process.versions.node });
});

describe.each(Object.entries(runtimes))('run on %s', (name, { binary, version }) => {
  const path = join(cache, binary);
  const missing = !existsSync(path) && process.env['REQUIRE_RUNTIMES'] === undefined;
  it.skipIf(missing)(missing ? 'skipped: `node .ci/runtimes.cjs` installs it' : `version ${version}`, async () => {
    const report = await smoke(path, name === 'deno' ? ['run', '--allow-all'] : []);
    expect(report).toMatchObject({ runtime: name.replace(/\d+$/, ''), version });
  });
});
