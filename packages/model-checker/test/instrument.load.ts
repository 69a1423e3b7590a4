// Loads modules of plain JavaScript twice, as they are and instrumented, for the tests of the
// instrumentation: from files, so that they can import themselves and one another.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction, constants } from 'node:vm';
import { parseAst } from 'vite';
import { instrument } from '../dist/instrument/instrument.js';

const RUNTIME = new URL('../dist/runtime/index.js', import.meta.url).href;

/** Instruments a module as the plugin would, but for the file that the runtime is imported from. */
export function instrumented(code: string, file: string): string {
  return instrument(code, { file, runtime: RUNTIME, parse: (source) => parseAst(source) });
}

/** Imports a module as Node does, past the test runner, which would compile it again. */
export const nativeImport = compileFunction('return import(url)', ['url'], {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}) as (url: string) => Promise<unknown>;

/** A directory for modules, which goes when it is disposed of. */
export class ModuleDirectory implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'instrument-'));

  /** Writes a module; returns its URL. */
  write(name: string, code: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code.replaceAll("'SELF'", JSON.stringify(`./${name.split('/').at(-1)}`)));
    return pathToFileURL(path).href;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A piece of JavaScript that computes something. */
export interface Snippet {
  readonly name: string;
  /** The code of a module that exports `run`. */
  readonly code: string;
}

/** Reads the snippets of a file. */
export function snippetsOf(file: URL): Snippet[] {
  const [, ...parts] = readFileSync(file, 'utf8').split(/^\/{4} /m);
  return parts.map((part) => {
    const end = part.indexOf('\n');
    const name = part.slice(0, end).trim();
    const body = part.slice(end + 1);
    const isModule = /^(?:async )?module: /.test(name);
    const isAsync = name.startsWith('async');
    return { name, code: isModule ? body : `export ${isAsync ? 'async ' : ''}function run() {\n${body}\n}\n` };
  });
}
