// The compiler in bundlers. Their types are not needed: a plugin is an object of a certain form.

import { compileMachines, mayHaveMachines } from './compile.ts';

/** Is what the plugin needs of the Rollup, or Vite, that runs it. */
interface TransformContext {
  getCombinedSourcemap?(): object;
}

/** Is a plugin for Rollup, Rolldown, Vite and Vitest. */
export interface MachinesPlugin {
  readonly name: string;
  transform(this: TransformContext, code: string, id: string): Promise<{ code: string; map: never } | undefined>;
}

/**
 * Makes the plugin for Vite, Vitest, Rollup and Rolldown. It compiles JavaScript: with Rollup, put it behind the plugin
 * that strips types. Vite bundles workers with plugins of their own: give it to `worker.plugins`, too.
 *
 * @example
 * ```ts
 * import { machines } from '@concurrency-lab/runtime/compiler';
 *
 * // vite.config.ts: export default
 * const config = { plugins: [machines()], worker: { format: 'es', plugins: () => [machines()] } };
 * config.plugins[0]?.name; // => '@concurrency-lab/runtime:machines'
 * ```
 */
export function machines(): MachinesPlugin {
  return {
    name: '@concurrency-lab/runtime:machines',
    async transform(code, id) {
      if (!mayHaveMachines(code)) return undefined;
      const before = this.getCombinedSourcemap?.(); // for the places in errors; the bundler puts maps together itself
      const compiled = await compileMachines(code, {
        filename: id.replace(/[?#].*$/, ''),
        ...(before === undefined ? {} : { errorMap: before }),
      });
      return compiled.machines === 0 ? undefined : { code: compiled.code, map: compiled.map as never };
    },
  };
}

/** Is what the plugin needs of the esbuild that runs it. */
interface EsbuildBuild {
  readonly esbuild: {
    transform(
      code: string,
      options: { loader: 'js' | 'jsx' | 'ts' | 'tsx'; sourcefile: string; sourcemap: true; jsx: 'automatic' },
    ): Promise<{ code: string; map: string }>;
  };
  onLoad(
    options: { filter: RegExp; namespace: string },
    load: (file: { path: string }) => Promise<{ contents: string; loader: 'js' } | undefined>,
  ): void;
}

/** Is a plugin for esbuild. */
export interface EsbuildMachinesPlugin {
  readonly name: string;
  setup(build: EsbuildBuild): void;
}

/**
 * Makes the plugin for esbuild.
 *
 * @example
 * ```ts
 * import { esbuildMachines } from '@concurrency-lab/runtime/compiler';
 *
 * // build.js: await esbuild.build(
 * const options = { entryPoints: ['main.js', 'worker.js'], bundle: true, plugins: [esbuildMachines()] };
 * options.plugins[0]?.name; // => '@concurrency-lab/runtime:machines'
 * ```
 */
export function esbuildMachines(): EsbuildMachinesPlugin {
  return {
    name: '@concurrency-lab/runtime:machines',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
        const { readFile } = await import('node:fs/promises');
        const source = await readFile(path, 'utf8');
        if (!mayHaveMachines(source)) return undefined;
        const loader = path.replace(/.*\.[cm]?/, '') as 'js' | 'jsx' | 'ts' | 'tsx';
        const { code, map } = await build.esbuild.transform(source, {
          loader,
          sourcefile: path,
          sourcemap: true,
          jsx: 'automatic',
        });
        const compiled = await compileMachines(code, { filename: path, inputSourceMap: JSON.parse(map) as object });
        if (compiled.map === undefined) return undefined;
        return { contents: `${compiled.code}\n${inlineMap(compiled.map)}`, loader: 'js' };
      });
    },
  };
}

function inlineMap(map: object): string {
  const bytes = new TextEncoder().encode(JSON.stringify(map));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return `//# sourceMappingURL=data:application/json;base64,${btoa(text)}`;
}
