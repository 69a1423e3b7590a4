// The entry of the instrumentation: a module's JavaScript in, the same module out, with its
// functions suspendable and its operations on shared memory visible.

import type { Program } from 'estree';
import { Printer, type Locate, type Site } from './printer.ts';

/** What `instrument` needs to know besides the code. */
export interface InstrumentOptions {
  /** The file's name, as traces show it. */
  readonly file: string;
  /** The module specifier of the runtime that the instrumented code imports. */
  readonly runtime?: string | undefined;
  /** Parses JavaScript to ESTree with `start` and `end`; Vite's `parseAst` does. */
  readonly parse: (code: string) => unknown;
  /** Maps an offset of the code to what the author wrote, where the code was compiled before. */
  readonly locate?: Locate | undefined;
}

const RUNTIME = '@concurrency-lab/model-checker/runtime';

/**
 * Instruments a module of JavaScript, so that the model checker can run it step by step.
 *
 * Lines stay where they are, so that an existing source map remains right line by line.
 *
 * @throws {InstrumentationError} on code that cannot be suspended where it would have to be
 */
export function instrument(source: string, options: InstrumentOptions): string {
  // What is printed before the first line would make its interpreter directive an error.
  const code = source.startsWith('#!') ? `//${source.slice(2)}` : source;
  const program = options.parse(code) as Program;
  const locate = options.locate ?? lineLocator(code);
  const printer = new Printer(code, options.file, hash(options.file), locate);
  const printed = printer.module(program);
  const accessors = [...printer.properties].map((name) => `"${name}":($rt_v)=>{$rt_a_${name}=$rt_v}`);
  const flags = [...printer.properties].map((name) => `$rt_a_${name}=false`);
  return (
    `import {hooks as $rt} from ${JSON.stringify(options.runtime ?? RUNTIME)};` +
    (flags.length > 0 ? `let ${flags.join(',')};` : '') +
    `const $rt_s=$rt.module(${JSON.stringify(options.file)},${JSON.stringify(printer.sites)},{${accessors.join(',')}});` +
    printer.declarations() +
    printed
  );
}

/** Finds lines and columns in the code itself. */
export function lineLocator(code: string): Locate {
  const lines = code.split('\n');
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  return (offset): Site => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - starts[low]! + 1, lines[low]!.trim()];
  };
}

/** FNV-1a in base 36: names that two modules make must differ. */
function hash(text: string): string {
  let value = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01_00_01_93);
  return (value >>> 0).toString(36);
}
