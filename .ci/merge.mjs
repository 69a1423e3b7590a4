// Merges the built modules of a package into a few files for Node, which takes its time for each module that it
// loads, in every worker anew. Exports of the package name them under the condition `node`:
// bundlers for pages take the modules one by one, to leave out what is not used.
//
//   cd packages/<name> && tsc -p tsconfig.build.json && node ../../.ci/merge.mjs
//
// A package with one entry becomes one file. With several, `dist/node` gets a file for each entry and, in `merged`,
// one file for what the same entries reach; all that the main entry reaches counts as the main entry's. So no two of
// those files import each other. What is imported dynamically, as it may be missing, keeps a file of its own.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { build } from 'rolldown';

const dist = join(process.cwd(), 'dist');
/** @type {{ exports: Record<string, string | { node?: string }>, sideEffects: false | string[] }} */
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

const NODE = './dist/node/';
const targets = Object.values(manifest.exports).flatMap((target) =>
  typeof target === 'object' ? (target.node ?? []) : [],
);
const started = (manifest.sideEffects || []).filter((path) => path.startsWith(NODE));
/** Names the entries by their built modules. */
const entries = new Map(
  [...targets, ...started].map((path) => {
    const name = path.slice(NODE.length, -'.js'.length);
    return [join(dist, `${name}.js`), name];
  }),
);

/**
 * Names the file that a module is merged into, by the entries that reach it: null where none does but itself.
 *
 * @param {string} id
 * @param {import('rolldown').ChunkingContext} context
 */
function fileOf(id, context) {
  const importers = new Set(context.getModuleInfo(id)?.importers);
  for (const module of importers) {
    for (const importer of context.getModuleInfo(module)?.importers ?? []) importers.add(importer);
  }
  const names = [...importers].flatMap((module) => entries.get(module) ?? []).toSorted();
  if (names.includes('index')) return 'index';
  return names.map((name) => name.replace(/\/index$/, '').replaceAll('/', '_')).join('_') || null;
}

await build({
  input: Object.fromEntries([...entries].map(([path, name]) => [name, path])),
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  treeshake: false,
  preserveEntrySignatures: 'allow-extension',
  plugins: [
    {
      name: 'maps of the built modules',
      async load(id) {
        const [code, map] = await Promise.all([readFile(id, 'utf8'), readFile(`${id}.map`, 'utf8')]);
        return { code, map };
      },
    },
  ],
  output: {
    dir: join(dist, 'node'),
    sourcemap: true,
    sourcemapExcludeSources: true,
    minifyInternalExports: false,
    keepNames: true, // of classes, which is how they are printed
    entryFileNames: '[name].js',
    chunkFileNames: 'merged/[name].js',
    ...(entries.size > 1 && {
      codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: 'entries', name: fileOf }] },
    }),
  },
});
