// What the documentation says never allocates: a program that calls it hundreds of thousands of
// times, with the collector's trace on, is never collected meanwhile.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('items, messages and audio are passed without garbage', async () => {
  const program = fileURLToPath(new URL('workers/realtime-bytes.mjs', import.meta.url));
  // One thread for all: how soon a busy machine lets the optimizer have its turn decides nothing then.
  const flags = ['--trace-gc', '--max-semi-space-size=1', '--single-threaded'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  const collections: Record<string, number> = {};
  let name: string | undefined;
  for (const line of stdout.split('\n')) {
    if (line.startsWith('begin ')) collections[(name = line.slice(6))] = 0;
    else if (line.startsWith('end ')) name = undefined;
    else if (name !== undefined && /Scavenge|Mark-Compact/.test(line)) collections[name]!++;
  }
  const { control, ...others } = collections;
  expect(control).toBeGreaterThan(2);
  expect(others).toEqual({ items: 0, audio: 0, bytes: 0, text: 0, latest: 0 });
});
