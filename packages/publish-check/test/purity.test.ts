// Importing a package does nothing: no global is added or patched, nothing is started.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishedEntries, scratchProject, type ScratchProject } from './tarballs.ts';

let project: ScratchProject;
beforeAll(() => {
  project = scratchProject();
});
afterAll(() => project[Symbol.dispose]());

const entries = publishedEntries();

async function importing(specifier: string): Promise<{ before: string; after: string; active: string[] }> {
  const program = `
    const tally = () => JSON.stringify([globalThis, Atomics, SharedArrayBuffer.prototype, Int32Array.prototype, Promise.prototype,
      Object.getPrototypeOf(Int32Array.prototype), Array.prototype, Object.prototype, Symbol].map((object) =>
        Object.entries(Object.getOwnPropertyDescriptors(object)).map(([key, { value, get }]) =>
          [key, typeof value === 'function' ? String(value) : typeof value, String(get)])));
    for (const key of Object.getOwnPropertyNames(globalThis)) globalThis[key]; // runs lazy getters
    await import('node:net');
    const before = tally();
    await import(${JSON.stringify(specifier)});
    console.log(JSON.stringify({ before, after: tally(), active: process.getActiveResourcesInfo() }));`;
  const args = ['--no-warnings', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project.directory, maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as { before: string; after: string; active: string[] };
}

it('covers every entry point', () => {
  expect(entries).toContain('@concurrency-lab/atomics');
  expect(entries).toContain('@concurrency-lab/mini-exec/net');
});

it.each(entries)('importing %s changes nothing', async (specifier) => {
  const { before, after, active } = await importing(specifier);
  expect(after).toBe(before);
  expect(active.filter((name) => !/Pipe|TTY|FSReqPromise|Immediate|CloseReq/.test(name))).toEqual([]);
});

it('would notice a global that is patched, and a timer that is started', async () => {
  const patching = await importing('data:text/javascript,Atomics.wait = () => {};');
  expect(patching.after).not.toBe(patching.before);
  const starting = await importing('data:text/javascript,setInterval(() => process.exit(), 50);');
  expect(starting.active).toContain('Timeout');
});
