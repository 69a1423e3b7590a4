// Ten thousand tasks that sleep: all of them, each once, on one thread and on workers.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const demo = fileURLToPath(new URL('../dist/sleeps/demo.js', import.meta.url));

it('all come to their numbers', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [demo]);
  expect(stderr).toBe('');
  const [here, there] = stdout.trimEnd().split('\n');
  expect(here).toMatch(/^current thread: 10000 tasks, sum 49995000, in [\d.]+ ms$/);
  expect(there).toMatch(/^2 workers: 10000 tasks, sum 49995000, in [\d.]+ ms$/);
  for (const line of [here, there]) expect(Number(/in ([\d.]+) ms/.exec(line!)![1])).toBeGreaterThanOrEqual(1);
});
