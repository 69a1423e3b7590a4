// The model and all that it imports as one module of text, instrumented, for the workers to
// import. Made once, and here: Vite's own native code does not survive the end of a worker.

import { dirname } from 'node:path';
import { modelChecker } from '../vite.ts';
import * as runtime from '../runtime/index.ts';
import * as facade from './facade.ts';

const PACKAGE = '@concurrency-lab/model-checker';
/** The global under which a worker offers its own instance of the checker. */
const SHARED = '$modelCheckerCertify';

/** What a model imports of this package; the instance of whoever asks. */
const OWN: Readonly<Record<string, object>> = { [PACKAGE]: facade, [`${PACKAGE}/runtime`]: runtime };

/** Bundles the module at a path. */
export async function bundleModel(path: string, include: readonly (string | RegExp)[]): Promise<string> {
  const { build } = await import('vite');
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root: dirname(path),
    ssr: { noExternal: true },
    build: { ssr: path, write: false, minify: false, target: 'esnext', copyPublicDir: false },
    plugins: [
      {
        name: 'certify',
        enforce: 'pre',
        // Before the plugin's own, which would name the files of the checker.
        resolveId: { order: 'pre', handler: (id) => (OWN[id] === undefined ? undefined : `\0${id}`) },
        load(id) {
          const name = id.slice(1);
          if (id[0] !== '\0' || OWN[name] === undefined) return undefined;
          return Object.keys(OWN[name])
            .map((key) => `export const ${key}=globalThis.${SHARED}[${JSON.stringify(name)}].${key};`)
            .join('\n');
        },
      },
      modelChecker({ include }),
    ],
  });
  const [output] = [result].flat();
  return (output as unknown as { output: readonly [{ code: string }] }).output[0].code;
}

/** Imports a bundle, over this thread's instance of the checker. */
export async function importBundle(code: string): Promise<Record<string, unknown>> {
  (globalThis as Record<string, unknown>)[SHARED] = OWN;
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, unknown>;
}
