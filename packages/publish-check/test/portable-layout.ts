// Lays the test files of the packages into a scratch project, as plain JavaScript, beside the
// built files of the installed tarball: what a test imports from `../src` comes from there.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type Manifest, type Published, root, type ScratchProject, tool } from './tarballs.ts';

const require = createRequire(import.meta.url);
const portable = (file: string): string => fileURLToPath(new URL(`../portable/${file}`, import.meta.url));

/**
 * Lists the tests of a package that check behaviour, those with real threads too. Model tests
 * are not among them: the checker runs the sources, rewritten, and does not depend on who runs it.
 */
export function behaviourTests({ folder }: Pick<Published, 'folder'>): string[] {
  return readdirSync(join(folder, 'test'))
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => {
      const text = readFileSync(join(folder, 'test', file), 'utf8');
      return !/from '(@concurrency-lab\/model-checker|\.\/models\/)/.test(text);
    });
}

/** Modules at the workspace's root that tests import. */
const SHARED = ['vitest.prop', 'vitest.threads'];

/** Lays out the tests of the packages, and what runs them: `node_modules/portable/main.js`. */
export async function layTests(project: ScratchProject, packages: readonly Published[]): Promise<void> {
  const compiled = join(project.directory, 'compiled');
  await compile(packages, compiled);
  const modules = join(project.directory, 'node_modules');
  for (const { name, folder } of packages) {
    leaveOutMerged(join(modules, name, 'package.json'));
    const test = join(modules, name, 'test');
    cpSync(join(compiled, relative(root, folder), 'test'), test, { recursive: true });
    cpSync(join(folder, 'test'), test, { recursive: true, filter: (path) => !path.endsWith('.ts') });
    for (const file of readdirSync(test, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.js'),
    )) {
      const text = readFileSync(join(test, file), 'utf8');
      writeFileSync(join(test, file), asLaidOut(text));
    }
  }
  for (const file of SHARED) cpSync(join(compiled, `${file}.js`), join(modules, `${file}.js`));
  await bundle(modules);
}

/**
 * Makes the names of a package mean its modules on Node too, which tests look into: what is merged of them for Node is
 * run by the smoke programs, and by the workers of the package's own tests.
 */
function leaveOutMerged(path: string): void {
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const exports = JSON.stringify(manifest.exports, (key, value: unknown) => (key === 'node' ? undefined : value));
  writeFileSync(path, JSON.stringify({ ...manifest, exports: JSON.parse(exports) as unknown }));
}

/** Names what a compiled file imports, and the modules beside it of which it makes URLs, as they are called here. */
function asLaidOut(text: string): string {
  return text
    .replace(/((?:from |import\()'(?:\.\.\/)+)src\//g, '$1dist/')
    .replace(/(new URL\('[\w./-]+)\.ts'/g, "$1.js'");
}

/** Strips the types of all tests in one go; the types themselves are checked elsewhere. */
async function compile(packages: readonly Published[], outDir: string): Promise<void> {
  mkdirSync(outDir);
  const config = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      target: 'es2022',
      rootDir: root,
      outDir,
      noCheck: true,
      noResolve: true,
      declaration: false,
      isolatedDeclarations: false,
      inlineSourceMap: true,
      types: [],
    },
    files: [
      ...SHARED.map((file) => join(root, `${file}.ts`)),
      ...packages.flatMap(({ folder }) =>
        readdirSync(join(folder, 'test'), { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.ts') && !/\.model\.test\.ts$|\.test-d\.ts$|^models\b/.test(file))
          .map((file) => join(folder, 'test', file)),
      ),
    ],
  };
  writeFileSync(join(outDir, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  await tool(process.execPath, [tsc, '-p', outDir], outDir);
}

/** What tests import by name, and where the bundle of it begins. */
const BUNDLED = { vitest: 'vitest.ts', 'fast-check': 'fast-check.ts' };

/** What runs them, and what stands for Node's modules in a browser. */
const PROGRAMS = ['main.ts', 'run.ts', 'browser-worker.ts', 'worker-threads.ts', 'events.ts', 'immediate.ts'];

/** Bundles what tests import from the workspace's tools, so that a page without a bundler finds it too. */
async function bundle(modules: string): Promise<void> {
  const outDir = join(modules, 'portable');
  const entries = [...Object.values(BUNDLED), ...PROGRAMS];
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('..', import.meta.url)),
    resolve: { alias: [{ find: /^vitest$/, replacement: portable('vitest.ts') }] },
    build: {
      outDir,
      minify: false,
      target: 'es2022',
      lib: { entry: entries.map(portable), formats: ['es'] },
      rolldownOptions: { external: /^node:/ },
    },
  });
  for (const [name, file] of Object.entries(BUNDLED)) {
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    const bundled = relative(target, join(outDir, file.replace('.ts', '.js'))).replaceAll('\\', '/');
    const byDefault = name === 'fast-check' ? `export { default } from '${bundled}';\n` : '';
    writeFileSync(join(target, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }));
    writeFileSync(join(target, 'index.js'), `export * from '${bundled}';\n${byDefault}`);
  }
  writeFileSync(join(outDir, 'package.json'), JSON.stringify({ name: 'portable', type: 'module' }));
}
