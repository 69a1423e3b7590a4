// The plugin for Vite and vitest: instruments the modules that the user names, and every
// module that imports this package, which are the models.

import { resolve } from 'node:path';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as ViteModule from 'vite';
import { instrument, lineLocator } from './instrument/instrument.ts';
import type { Locate, Site } from './instrument/printer.ts';

/** Holds the options of {@link modelChecker}. */
export interface ModelCheckerOptions {
  /**
   * Names the modules under test, as globs or patterns: `'src/**'`, `/ringbuf/`. Those of a
   * dependency are found by their path in `node_modules`. Modules that import this package
   * are always included.
   */
  readonly include?: string | RegExp | readonly (string | RegExp)[] | undefined;
  /** Names modules to leave as they are. */
  readonly exclude?: string | RegExp | readonly (string | RegExp)[] | undefined;
  /**
   * Names a folder, from the root of the tests, in which each test file leaves a record of what it
   * explored and mutated, and which accesses synchronised: `ModelRecord`, as JSON.
   */
  readonly record?: string | undefined;
}

type Vite = typeof ViteModule;

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SELF = '@concurrency-lab/model-checker';

/**
 * Makes the plugin that lets models run: add it to the plugins of your vitest config.
 *
 * What cannot be instrumented stops the run with an error that names the file and the line.
 */
export function modelChecker(options: ModelCheckerOptions = {}): ViteModule.Plugin {
  const { include = [], exclude = [], record } = options;
  const named = [include].flat();
  let vite: Vite;
  let isIncluded: (path: string) => boolean;
  let isExcluded: (path: string) => boolean;
  return {
    name: 'concurrency-lab:model-checker',
    enforce: 'post',
    async config({ root = process.cwd() }) {
      // Only here: the checker is used without Vite too, and Vite is an optional peer.
      vite = await import('vite');
      isIncluded = vite.createFilter(named.length === 0 ? NOTHING : named, [exclude].flat());
      isExcluded = [exclude].flat().length === 0 ? () => false : vite.createFilter([exclude].flat());
      const config: object = {
        // `using` is left as it is, for the checker to instrument; elsewhere it is compiled below.
        [isRolldown(vite) ? 'oxc' : 'esbuild']: { target: 'esnext' },
        test: {
          ...(record === undefined ? {} : recordInto(resolve(root, record))),
          server: {
            deps: {
              // A dependency that is to be instrumented has to come through the plugin; the checker must not.
              inline: named.filter((pattern) => pattern instanceof RegExp),
              external: [new RegExp(`^${escape(HERE)}`)],
            },
          },
        },
      };
      return config;
    },
    // Whatever copy of the checker a module would find: there is one engine, or nothing is scheduled.
    resolveId: {
      order: 'pre',
      handler(id) {
        const entry = ENTRIES.get(id);
        return entry === undefined ? undefined : { id: new URL(entry, import.meta.url).href, external: true };
      },
    },
    async transform(code, id) {
      const path = id.replace(/\?.*$/, '');
      if (!/\.[cm]?[jt]sx?$/.test(path) || path.startsWith(HERE) || code.includes('$rt.module(')) return undefined;
      const isModel = !path.includes('/node_modules/') && !isExcluded(path) && importsChecker(code);
      if (!isIncluded(path) && !isModel) return /\busing\b/.test(code) ? compileUsing(vite, code, path) : undefined;
      const file = path.replace(`${process.cwd()}/`, '');
      const printed = instrument(code, {
        file,
        parse: (source) => this.parse(source),
        locate: originalLocator(code, () => this.getCombinedSourcemap()),
      });
      // Every line is where it was: the map of what came before stays right.
      return { code: printed, map: null };
    },
  };
}

function recordInto(folder: string): object {
  const setup = fileURLToPath(new URL('./record/setup.js', import.meta.url));
  return { setupFiles: [setup], env: { MODEL_CHECKER_RECORD: folder } };
}

const NOTHING = /(?!)/;

/** The entries that the modules of a model import, by name, and where they are. */
const ENTRIES: ReadonlyMap<string, string> = new Map([
  [SELF, './index.js'],
  [`${SELF}/runtime`, './runtime/index.js'],
  [`${SELF}/linearizability`, './linearizability/index.js'],
]);

function isRolldown({ version }: Vite): boolean {
  return Number.parseInt(version) >= 8;
}

/** Compiles `using` in a module that is not instrumented, for engines that lack it. */
async function compileUsing(vite: Vite, code: string, path: string): Promise<{ code: string; map: null }> {
  const file = path.replace(/\.[cm]?[jt]sx?$/, '.js');
  const compiled = isRolldown(vite)
    ? await vite.transformWithOxc(code, file, { target: 'es2024', sourcemap: true })
    : await vite.transformWithEsbuild(code, file, { target: 'es2024', sourcemap: true });
  return compiled as unknown as { code: string; map: null };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function importsChecker(code: string): boolean {
  return new RegExp(`['"]${SELF}(?:/linearizability)?['"]`).test(code);
}

/** Maps places of compiled code to the lines that the author wrote. */
function originalLocator(code: string, combined: () => unknown): Locate {
  const compiled = lineLocator(code);
  let map: SourceMap | undefined;
  let lines: string[] | undefined;
  try {
    const payload = combined() as SourceMapPayload & { sourcesContent?: (string | null)[] };
    const [source] = payload.sourcesContent ?? [];
    if (payload.mappings !== '' && typeof source === 'string') {
      map = new SourceMap(payload);
      lines = source.split('\n');
    }
  } catch {
    // No map: the code is what the author wrote.
  }
  if (map === undefined || lines === undefined) return compiled;
  const originals = map;
  const texts = lines;
  return (offset): Site => {
    const [line, column, text] = compiled(offset);
    const entry = originals.findEntry(line - 1, column - 1) as { originalLine?: number; originalColumn?: number };
    if (entry.originalLine === undefined) return [line, column, text];
    return [entry.originalLine + 1, (entry.originalColumn ?? 0) + 1, texts[entry.originalLine]?.trim() ?? text];
  };
}
