// The commands a newcomer types, also those typed by mistake.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { read, root } from './repository.ts';

const run = promisify(execFile);
const task = join(root, '.ci', 'task.cjs');

/** Runs `.ci/task.cjs` as if the Node that runs it had another version. */
async function asNode(version: string, command: string): Promise<{ code: number; stderr: string }> {
  const program = `
    Object.defineProperty(process.versions, 'node', { value: ${JSON.stringify(version)} });
    process.argv.splice(1, 0, 'task.cjs');
    process.argv[2] = ${JSON.stringify(command)};
    require(${JSON.stringify(task)});`;
  try {
    const { stderr } = await run(process.execPath, ['--eval', program]);
    return { code: 0, stderr };
  } catch (error) {
    return error as { code: number; stderr: string };
  }
}

describe('a Node that is too old', () => {
  it.each(['10.24.1', '18.20.4', '20.18.3', '21.7.3', '22.11.0', '23.0.0'])(
    '%s is told what to do',
    async (version) => {
      const { code, stderr } = await asNode(version, '');
      expect(code).toBe(1);
      expect(stderr).toContain(`this is Node ${version}`);
      expect(stderr).toContain('npx --yes --package=node@22 -- npm test');
    },
  );

  it.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0', '26.10.0'])('%s is not', async (version) => {
    const { stderr } = await asNode(version, '');
    expect(stderr).toContain('Name a task');
  });

  it('can read the script that tells it', () => {
    // No syntax younger than ES5: an old Node must get as far as the message.
    const source = read('.ci/task.cjs');
    expect(source).not.toMatch(/=>|\b(?:const|let|class|async|await)\b|`\$|\?\.|\?\?/);
  });
});

describe('npm install, typed by habit', () => {
  it.each(['install', 'i', 'add left-pad'])(
    'npm %s changes nothing and names the command that installs',
    async (command) => {
      const directory = mkdtempSync(join(tmpdir(), 'concurrency-lab-npm-'));
      try {
        cpSync(join(root, 'package.json'), join(directory, 'package.json'));
        const { stderr } = (await run('npm', [...command.split(' '), '--offline'], {
          cwd: directory,
          shell: process.platform === 'win32',
        }).catch((error: unknown) => error)) as { stderr: string };
        expect(stderr).toContain('npm-cannot-install-this-workspace--run-npm-run-setup');
      } finally {
        rmSync(directory, { recursive: true });
      }
      expect(Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts)).toContain('setup');
    },
  );
});
