// The built package on every runtime that is installed (`node .ci/runtimes.cjs` does that), by one program that uses
// all of it.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('programs/everything.mjs', import.meta.url));
const cache = new URL('../../../node_modules/.cache/runtimes/', import.meta.url);
const runtimes = JSON.parse(
  readFileSync(new URL('../../publish-check/runtimes.json', import.meta.url), 'utf8'),
) as Record<string, { binary: string; version: string }>;

async function run(binary: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(binary, [...args, program]);
  return JSON.parse(stdout);
}

it('runs on this Node', async () => {
  await expect(run(process.execPath, [])).resolves.toEqual({ node: process.versions.node });
});

describe.each(Object.entries(runtimes))('%s', (name, { binary, version }) => {
  const path = fileURLToPath(new URL(binary, cache));
  const missing = !existsSync(path) && process.env['REQUIRE_RUNTIMES'] === undefined;
  it.skipIf(missing)(
    missing ? 'is not installed: `node .ci/runtimes.cjs` does that' : `runs version ${version}`,
    async () => {
      const args = name === 'deno' ? ['run', '--allow-all'] : [];
      await expect(run(path, args)).resolves.toEqual({ [name.replace(/\d+$/, '')]: version });
    },
  );
});
