// The compiler where it is used: in Vite, in esbuild, and behind tsc; and the source maps that come of it.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build as esbuild, type Plugin as EsbuildPlugin } from 'esbuild';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import { build as vite, type Plugin as VitePlugin } from 'vite';
import {
  compileMachines,
  esbuildMachines,
  type EsbuildMachinesPlugin,
  machines,
  type MachinesPlugin,
} from '../src/compiler/index.ts';
import { errorOf } from './runtimes.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('bundled', import.meta.url));
const builds = fileURLToPath(new URL(`../.vitest/builds-${process.pid}`, import.meta.url));
const cli = fileURLToPath(new URL('../dist/compiler/cli.js', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/.bin/tsc', import.meta.url));

/** Makes an empty folder below this package, so that what is put there finds it by its name. */
function emptyFolder(name: string): string {
  const folder = `${builds}/${name}`;
  mkdirSync(folder, { recursive: true });
  return folder;
}
afterAll(() => rmSync(builds, { recursive: true }));

async function outputOf(file: string): Promise<string> {
  return (await run(process.execPath, [file])).stdout;
}

/** Finds where the text of made code stands in what it was made from. */
function originOf(code: string, map: object, text: string): { source: string; text: string } {
  const lines = code.split('\n');
  const line = lines.findIndex((one) => one.includes(text));
  const entry = new SourceMap(map as ConstructorParameters<typeof SourceMap>[0]).findEntry(
    line,
    lines[line]!.indexOf(text),
  );
  if (!('originalLine' in entry)) throw new Error(`${text} comes from nowhere`);
  const source = (map as { sourcesContent: string[]; sources: string[] }).sourcesContent[
    (map as { sources: string[] }).sources.findIndex((one) =>
      entry.originalSource.endsWith(one.replace(/^(\.\.\/)+/, '')),
    )
  ]!;
  return { source: entry.originalSource, text: source.split('\n')[entry.originalLine]!.slice(entry.originalColumn) };
}

describe('machines are compiled', () => {
  it('by Vite', async () => {
    const folder = emptyFolder('vite');
    await vite({
      configFile: false,
      logLevel: 'error',
      root: program,
      plugins: [machines()],
      build: {
        ssr: true,
        outDir: folder,
        target: 'es2022',
        minify: true,
        rolldownOptions: {
          input: { main: `${program}/main.ts`, worker: `${program}/worker.ts` },
          external: /^@concurrency-lab/,
        },
      },
    });
    expect(await outputOf(`${folder}/main.js`)).toBe('the sum is 5050\n');
  });

  it('by esbuild', async () => {
    const folder = emptyFolder('esbuild');
    await esbuild({
      entryPoints: [`${program}/main.ts`, `${program}/worker.ts`],
      outdir: folder,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      sourcemap: 'external',
      plugins: [esbuildMachines()],
    });
    expect(await outputOf(`${folder}/main.js`)).toBe('the sum is 5050\n');
    const map = JSON.parse(readFileSync(`${folder}/worker.js.map`, 'utf8')) as object;
    const origin = originOf(readFileSync(`${folder}/worker.js`, 'utf8'), map, 'cx.spawn(sum, middle + 1');
    expect(origin.source).toMatch(/tasks\.ts$/);
    expect(origin.text).toMatch(/^cx\.spawn\(sum, middle \+ 1/);
  });

  it('behind tsc', async () => {
    const folder = emptyFolder('tsc');
    cpSync(program, `${folder}/src`, { recursive: true });
    const compilerOptions = {
      outDir: 'dist',
      rootDir: 'src',
      sourceMap: true,
      inlineSources: true,
      declaration: false,
      isolatedDeclarations: false,
      target: 'es2022',
      customConditions: [],
    };
    const config = { extends: '../../../../../tsconfig.base.json', compilerOptions, include: ['src'] };
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
    await run(tsc, ['-p', folder]);
    const { stdout } = await run(process.execPath, [cli, `${folder}/dist`]);
    expect(stdout).toBe(`${folder}/dist/tasks.js: 1 machine\n`);
    expect(await outputOf(`${folder}/dist/main.js`)).toBe('the sum is 5050\n');

    const code = readFileSync(`${folder}/dist/tasks.js`, 'utf8');
    const map = JSON.parse(readFileSync(`${folder}/dist/tasks.js.map`, 'utf8')) as { sources: string[] };
    expect(code).toMatch(/\n\/\/# sourceMappingURL=tasks\.js\.map\n$/);
    expect(map.sources).toEqual(['../src/tasks.ts']);
    expect(originOf(code, map, 'from + to >> 1').text).toMatch(/^from \+ to\) >> 1/);
    expect(originOf(code, map, 'cx.join(').text).toMatch(/^yield\* cx\.join\(half\)/);

    const again = await run(process.execPath, [cli, `${folder}/dist`]);
    expect(again.stdout).toBe('');
  });
});

describe('compile-machines', () => {
  it('says what is wrong, and where', async () => {
    const folder = emptyFolder('refused');
    const code = `import { machine } from '@concurrency-lab/runtime';\nmachine(import.meta, 'x', function* (cx) {\n  yield 1;\n});\n`;
    writeFileSync(`${folder}/x.mjs`, code);
    expect(await errorOf(run(process.execPath, [cli, folder]))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/x\.mjs:3:3: a machine waits by/) as string,
    });
    expect(readFileSync(`${folder}/x.mjs`, 'utf8')).toBe(code);
  });

  it('tells how it is used', async () => {
    const { stdout } = await run(process.execPath, [cli, '--help']);
    expect(stdout).toMatch(/^usage: compile-machines/);
    expect(await errorOf(run(process.execPath, [cli]))).toMatchObject({ code: 1, stdout });
    expect(await errorOf(run(process.execPath, [cli, 'nowhere']))).toMatchObject({ code: 1 });
  });
});

describe('an error', () => {
  const code = `import { machine } from '@concurrency-lab/runtime';\nmachine(m, 'x', function* (cx) { yield 1; });`;

  it('names the place in what the code was made from', async () => {
    const inputSourceMap = { version: 3, file: 'x.js', sources: ['x.ts'], names: [], mappings: ';AAUA,gCAAgC' };
    expect(await errorOf(compileMachines(code, { filename: 'x.js', inputSourceMap }))).toMatchObject({
      message: expect.stringMatching(/^x\.ts:11:33: /) as string,
    });
  });

  it('stops Vite, with its place', async () => {
    const folder = emptyFolder('stopped');
    writeFileSync(`${folder}/x.ts`, code.replace('machine(m', 'const m: ImportMeta = import.meta;\n\nmachine(m'));
    const build = vite({
      configFile: false,
      logLevel: 'silent',
      root: folder,
      plugins: [machines()],
      build: { ssr: 'x.ts', outDir: 'out', rolldownOptions: { external: /^@concurrency-lab/ } },
    });
    expect(await errorOf(build)).toMatchObject({
      message: expect.stringMatching(/x\.ts:4:34: a machine waits by/) as string,
    });
  });
});

it('plugins are what bundlers take', () => {
  expectTypeOf<MachinesPlugin>().toExtend<VitePlugin>();
  expectTypeOf<EsbuildMachinesPlugin>().toExtend<EsbuildPlugin>();
  expect(machines().name).toBe(esbuildMachines().name);
});
