// The published types compile in a consumer's project, strictly, with the oldest TypeScript
// that is supported and with the newest, for programs of servers and of pages.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchProject, type ScratchProject, tool } from './tarballs.ts';

const require = createRequire(import.meta.url);
const compilers = ['typescript-oldest', 'typescript'];
const consumers = {
  'a page': { lib: ['es2022', 'dom', 'esnext.disposable'], types: [] },
  'a server': {
    lib: ['es2022'],
    types: ['node'],
    typeRoots: [join(dirname(require.resolve('@types/node/package.json')), '..')],
  },
};

const PROGRAM = `
import { CancelToken, type CancelTokenHandle, park, type ParkResult } from '@concurrency-lab/atomics';
import { type Coroutine, Executor, type JoinHandle } from '@concurrency-lab/mini-exec';
import type { EpollReactor, Network } from '@concurrency-lab/mini-exec/epoll';
import { sleep } from '@concurrency-lab/mini-exec/time';
import { type JoinHandle as TaskHandle, type Runtime, task as define } from '@concurrency-lab/runtime';
import { serve } from '@concurrency-lab/runtime/worker';

const handle: CancelTokenHandle = CancelToken.create().handle;
const signal: AbortSignal = CancelToken.from(handle).signal;
const words = new Int32Array(new SharedArrayBuffer(4));
const result: ParkResult = park(words, 0, 0, { timeout: 1, signal });
function* task(): Coroutine<number> {
  yield* sleep(1);
  return 1;
}
const joined: JoinHandle<number> = new Executor().spawn(task);
// @ts-expect-error -- the value is a number
const wrong: JoinHandle<string> = joined;
const double = define(import.meta, 'double', (n: number) => 2 * n);
export const spawned = (rt: Runtime): TaskHandle<number> => rt.spawn(double, 1);
// @ts-expect-error -- a function cannot be sent to another thread
define(import.meta, 'send', (callback: () => void) => callback());
serve({ double });
export { result, wrong };
export type Server = (network: Network, reactor: EpollReactor) => Coroutine<void>;
`;

let project: ScratchProject;
beforeAll(() => {
  project = scratchProject();
});
afterAll(() => project[Symbol.dispose]());

describe.each(compilers)('%s', (compiler) => {
  it.each(Object.entries(consumers))('compiles the program of %s', async (name, options) => {
    const folder = join(project.directory, `${compiler}-${name.replace(' ', '-')}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    const compilerOptions = {
      ...options,
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['program.ts'] }));
    const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), 'bin', 'tsc');
    await expect(tool(process.execPath, [tsc, '-p', folder], folder)).resolves.toBe('');
  });
});
