// The README of the model checker, followed to the letter, in a project outside of the
// workspace with the packed tarball: the test passes, and with the lock broken as the README
// breaks it, fails with the trace that the README shows.

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root, scratchProject, type ScratchProject, tool } from './tarballs.ts';

const require = createRequire(import.meta.url);
const readme = readFileSync(join(root, 'packages', 'model-checker', 'README.md'), 'utf8');
let project: ScratchProject;

beforeAll(() => {
  project = scratchProject();
  // What `npm install vitest` would bring; there is no network here.
  for (const name of ['vitest', 'vite', 'fast-check']) {
    const target = join(project.directory, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target)) symlinkSync(dirname(require.resolve(`${name}/package.json`)), target, 'junction');
  }
  for (const file of ['vitest.config.ts', 'lock.ts', 'lock.test.ts', 'counter.test.ts'])
    write(file, block(`ts ${file}`));
});
afterAll(() => project[Symbol.dispose]());

/** Finds the block of the README whose fence says so. */
function block(fence: string): string {
  const found = new RegExp(`^\`\`\`${fence.replace(/[.()]/g, String.raw`\$&`)}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(
    readme,
  );
  if (found === null) throw new Error(`the README has no block \`\`\`${fence}`);
  return found[1]!;
}

function write(file: string, text: string): void {
  writeFileSync(join(project.directory, file), text);
}

async function vitest(): Promise<{ passed: boolean; output: string }> {
  const run = join(project.directory, 'node_modules', 'vitest', 'vitest.mjs');
  try {
    const args = [run, 'run', '--no-color', '--testTimeout=120000'];
    return { passed: true, output: await tool(process.execPath, args, project.directory) };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { passed: false, output: stdout + stderr };
  }
}

it('proves the lock and the counter', async () => {
  const { passed, output } = await vitest();
  expect(output).toContain('2 passed');
  expect(passed).toBe(true);
});

it('shows why the broken lock fails, as the README does', async () => {
  const broken = block('ts lock.ts (broken)');
  write(
    'lock.ts',
    block('ts lock.ts').replace(/^ {2}unlock\(\): void \{\n[\s\S]*?^ {2}\}\n/m, () => broken),
  );
  const { passed, output } = await vitest();
  expect(passed).toBe(false);
  expect(block('text')).toMatch(/^lost-wake-up: [\s\S]+replay: /);
  const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
  expect(squeeze(output)).toContain(squeeze(block('text')));
});
