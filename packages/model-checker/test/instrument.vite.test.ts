// The plugin: lines of TypeScript, what is instrumented and what is not, and models that run
// without a test runner.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { explore, spawn } from '@concurrency-lab/model-checker';
import { RingBuffer } from 'ringbuf.js';
import { afterAll, describe, expect, it } from 'vitest';
import { Failing, increment } from './subjects/language.lines.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

describe('lines of TypeScript', () => {
  it('are those of the source in a report', () => {
    const { failure } = explore(() => {
      const counters = { words: new Int32Array(new SharedArrayBuffer(4)), names: [] };
      const a = spawn(() => increment(counters));
      const b = spawn(() => increment(counters));
      a.join();
      b.join();
    });
    expect(failure?.kind).toBe('data-race');
    expect(failure?.report).toMatch(/test\/subjects\/language\.lines\.ts:(?:13|14)\b/);
    expect(failure?.report).toMatch(/\/\/ line (?:13|14)/);
    for (const [, line, text] of (failure?.report ?? '').matchAll(/language\.lines\.ts:(\d+)\n.*\/\/ line (\d+)/g))
      expect(line).toBe(text);
  });

  it('are those of the source in a stack', () => {
    class Own extends Failing<number> {}
    const { failure } = explore(() => new Own().fail());
    expect(failure?.kind).toBe('error');
    expect((failure?.error as Error | undefined)?.stack).toMatch(/language\.lines\.ts:21\b/);
  });
});

it('instruments a dependency that include names', () => {
  const { failure, steps, isExhaustive } = explore(() => {
    const memory = RingBuffer.getStorageForCapacity(2, Int32Array);
    const ring = new RingBuffer(memory, Int32Array);
    const producer = spawn(() => ring.push(new Int32Array([7])));
    const into = new Int32Array(1);
    ring.pop(into);
    producer.join();
  });
  expect(failure).toBeUndefined();
  expect(isExhaustive).toBe(true);
  // Those of `push` and `pop`.
  expect(steps).toBeGreaterThan(8);
});

const directories: string[] = [];
afterAll(() => {
  for (const path of directories) rmSync(path, { recursive: true, force: true });
});

/** Makes a project of a few files, in which this package is installed. */
function project(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'model-'));
  directories.push(path);
  mkdirSync(join(path, 'node_modules/@concurrency-lab'), { recursive: true });
  symlinkSync(PACKAGE, join(path, 'node_modules/@concurrency-lab/model-checker'));
  for (const name of ['vite', 'vitest'])
    symlinkSync(join(PACKAGE, 'node_modules', name), join(path, 'node_modules', name));
  for (const [name, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const LOCK = `// A lock.
export interface Lock {
  lock(): void;
}

export function lock(words: Int32Array): void {
  while (Atomics.compareExchange(words, 0, 0, 1) !== 0);
}
export function unlock(words: Int32Array): void {
  words[0] = 0; // line 10
}
`;

const MODEL = `import { explore, spawn } from '@concurrency-lab/model-checker';
import { lock, unlock } from './src/lock.ts';

export const check = () => explore(() => {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const section = () => { lock(words); unlock(words); };
  const a = spawn(section);
  const b = spawn(section);
  a.join();
  b.join();
}, { maxSeconds: 100 });
`;

describe('without a test runner', () => {
  const script = (options: string): string => `
    import { explore } from '@concurrency-lab/model-checker';
    import { loadInstrumented } from '@concurrency-lab/model-checker/load';
    const module = await loadInstrumented('./lock.model.ts', ${options}).catch((error) => ({ error }));
    const result = module.error ? undefined : module.check();
    console.log(JSON.stringify({
      error: module.error && String(module.error),
      kind: result?.failure?.kind,
      message: result?.failure?.message,
      report: result?.failure?.report,
      same: module.same === explore,
    }));`;

  async function output(files: Readonly<Record<string, string>>, options: string): Promise<Record<string, unknown>> {
    const cwd = project({ 'main.mjs': script(options), ...files });
    const { stdout } = await run(process.execPath, ['main.mjs'], { cwd, env: { ...process.env, NODE_OPTIONS: '' } });
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it('a script loads a model in TypeScript', async () => {
    const found = await output(
      { 'lock.model.ts': `${MODEL}export { explore as same };\n`, 'src/lock.ts': LOCK },
      '{ include: /src.lock/ }',
    );
    expect(found).toMatchObject({ kind: 'data-race', same: true });
    expect(found['report']).toContain('lock.ts:10');
    expect(found['report']).toContain('// line 10');
  });

  it('exclude goes before include', async () => {
    const found = await output(
      { 'lock.model.ts': MODEL, 'src/lock.ts': LOCK },
      '{ include: /src/, exclude: /lock.ts$/ }',
    );
    expect(found['report'] ?? '').not.toContain('lock.ts:10');
  });

  it('what cannot be instrumented is named with its file and line', async () => {
    const found = await output(
      { 'lock.model.ts': MODEL, 'src/lock.ts': `${LOCK}interface A {\n}\nexport async function* g() {}\n` },
      '{ include: /src/ }',
    );
    expect(found['error']).toMatch(/src\/lock\.ts:14:8: the model checker cannot run an async generator function/);
  });

  it('through vitest, what cannot be instrumented is named with its file and line', async () => {
    const cwd = project({
      'vitest.config.mjs': `import { modelChecker } from '@concurrency-lab/model-checker/vite';
        export default { plugins: [modelChecker({ include: /src/ })], test: { include: ['*.model.ts'] } };`,
      'lock.model.ts': `import { it } from 'vitest';\n${MODEL}it('is a model', check);\n`,
      'src/lock.ts': `${LOCK}interface A {\n}\nexport async function* g() {}\n`,
    });
    const env = { ...process.env, NODE_OPTIONS: '', VITEST: '', NO_COLOR: '1' };
    const failed = await run(
      process.execPath,
      [join(PACKAGE, 'node_modules/vitest/vitest.mjs'), 'run', '--testTimeout=120000'],
      {
        cwd,
        env,
      },
    ).then(
      () => undefined,
      (error: { stdout: string; stderr: string }) => error,
    );
    expect(`${failed?.stdout}${failed?.stderr}`).toMatch(
      /src\/lock\.ts:14:8: the model checker cannot run an async generator function/,
    );
  });
});
