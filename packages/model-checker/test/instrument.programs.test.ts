// A whole program, instrumented: fast-check generates, shrinks and reports the same.

import { readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { instrumented, ModuleDirectory, nativeImport } from './instrument.load.ts';

const directory = new ModuleDirectory();
afterAll(() => directory[Symbol.dispose]());

const node_modules = fileURLToPath(new URL('../node_modules/', import.meta.url));

/** Copies the modules of fast-check, instrumented; what it depends on is used as it is. */
function copyFastCheck(): number {
  const root = realpathSync(`${node_modules}fast-check`);
  let count = 0;
  for (const file of readdirSync(`${root}/lib`)) {
    if (!file.endsWith('.js')) continue;
    directory.write(
      `fast-check/${file}`,
      instrumented(readFileSync(`${root}/lib/${file}`, 'utf8'), `fast-check/${file}`),
    );
    count++;
  }
  directory.write('package.json', '{"type":"module"}');
  symlinkSync(dirname(root), `${directory.path}/node_modules`);
  return count;
}

interface FastCheck {
  sample(arbitrary: unknown, options: unknown): unknown[];
  check(property: unknown, options: unknown): unknown;
  property(...args: unknown[]): unknown;
  asyncProperty(...args: unknown[]): unknown;
  [name: string]: (...args: never[]) => unknown;
}

function use(fc: FastCheck): unknown[] {
  const call = (name: string, ...args: unknown[]): unknown => fc[name]!(...(args as never[]));
  const tree = call('letrec', (tie: (name: string) => unknown) => ({
    tree: call('oneof', { depthSize: 'small' }, tie('leaf'), call('tuple', tie('tree'), tie('tree'))),
    leaf: call('nat'),
  })) as { tree: unknown };
  const options = { seed: 42, numRuns: 20 };
  return [
    fc.sample(call('array', call('string')), options),
    fc.sample(call('record', { a: call('integer'), b: call('option', call('double')), c: call('date') }), options),
    fc.sample(tree.tree, options),
    fc.sample(call('dictionary', call('string'), call('bigInt')), options),
    fc.sample(call('uniqueArray', call('emailAddress'), { maxLength: 3 }), options),
    fc.check(
      fc.property(call('array', call('integer')), (list: number[]) => list.reduce((a, b) => a + b, 0) < 1000),
      { seed: 7, verbose: 2 },
    ),
    fc.check(
      fc.property(call('string'), call('nat'), (text: string, n: number) => text.length < 5 || n < 50),
      { seed: 9 },
    ),
  ];
}

describe('fast-check, instrumented', () => {
  it('computes what it computes as it is', async () => {
    expect(copyFastCheck()).toBeGreaterThan(1);
    const native = (await nativeImport(pathToFileURL(`${node_modules}fast-check/lib/fast-check.js`).href)) as FastCheck;
    const printed = (await nativeImport(pathToFileURL(`${directory.path}/fast-check/fast-check.js`).href)) as FastCheck;
    expect(printed).not.toBe(native);
    expect(Object.keys(printed)).toEqual(Object.keys(native));
    expect(JSON.stringify(use(printed), replacer)).toBe(JSON.stringify(use(native), replacer));
  });
});

function replacer(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  // Stacks differ, and so do properties, which hold functions.
  return key === 'errorInstance' || key === 'runConfiguration' ? undefined : value;
}
