// The delay server's client, on every driver: its requests wait together, not in turn.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const demo = fileURLToPath(new URL('../dist/delay/demo.js', import.meta.url));

it.each(process.platform === 'linux' ? ['net', 'epoll'] : ['net'])('on %s', async (driver) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [demo, '--driver', driver]);
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  // In the order of their delays, but where a busy machine lets two of them come at once.
  expect(lines.slice(0, 5).toSorted()).toEqual([
    'request-0 after 250 ms',
    'request-1 after 50 ms',
    'request-2 after 150 ms',
    'request-3 after 200 ms',
    'request-4 after 100 ms',
  ]);
  expect(Number(/^(\d) at once$/.exec(lines[5]!)![1])).toBeGreaterThan(1);
  const total = Number(/^all after (\d+) ms$/.exec(lines[6]!)![1]);
  expect(total).toBeGreaterThanOrEqual(249);
});
