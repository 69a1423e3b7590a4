// Compiles the machines of a module: finds them by the import of `machine`, whatever it is called there, and writes
// { frame, begin, poll } in the place of each generator function.

import type { NodePath, types } from '@babel/core';
import { loadTools, type Tools } from './babel.ts';
import { compileMachine } from './compile-machine.ts';
import { MachineCompileError, type Place, Refusal } from './errors.ts';

const PACKAGE = '@concurrency-lab/runtime';

/** Is a source map, version 3. */
export interface SourceMapObject {
  version: number;
  sources: string[];
  names: string[];
  mappings: string;
  sourcesContent?: string[];
  sourceRoot?: string;
  file: string;
}

/** Says how a module is compiled. */
export interface CompileOptions {
  /** Names the module in errors and in the source map. */
  readonly filename?: string;
  /** Whether to make a source map; makes one where not given. */
  readonly sourceMap?: boolean;
  /** Maps the code that is given to what it was made from, such as TypeScript: the map that is made leads there. */
  readonly inputSourceMap?: object;
  /** Maps the code likewise, but for the places in errors only: a bundler puts the maps together itself. */
  readonly errorMap?: object;
}

/** Is a module that was compiled. */
export interface CompiledModule {
  readonly code: string;
  /** Undefined where nothing was compiled, or no map asked for. */
  readonly map: SourceMapObject | undefined;
  /** Counts the machines that were compiled. Where there are none, the code is the one that was given. */
  readonly machines: number;
}

/**
 * Compiles the machines of a module that are written as generator functions. Takes JavaScript: types must be stripped
 * before. Loads `@babel/core` and `@babel/plugin-transform-regenerator`, which the program installs, where
 * there may be something to compile.
 *
 * @throws {MachineCompileError} on a machine that cannot be compiled, by file, line and column
 * @throws {UnsupportedPlatformError} where Babel is not installed
 *
 * @example
 * ```ts
 * import { compileMachines } from '@concurrency-lab/runtime/compiler';
 *
 * const { code, machines } = await compileMachines(`
 *   import { machine } from '@concurrency-lab/runtime';
 *   export const nap = machine(import.meta, 'nap', function* (cx, ms) {
 *     yield* cx.sleep(ms);
 *     return ms;
 *   });
 * `);
 * machines; // => 1
 * code.includes('poll(_frame, cx)'); // => true
 * ```
 */
export async function compileMachines(code: string, options: CompileOptions = {}): Promise<CompiledModule> {
  const unchanged: CompiledModule = { code, map: undefined, machines: 0 };
  if (!mayHaveMachines(code)) return unchanged;
  const tools = await loadTools();
  const { babel } = tools;
  const { filename = 'module.js', sourceMap = true, inputSourceMap } = options;
  const common = { filename, configFile: false, babelrc: false } as const;
  const ast = await babel.parseAsync(code, {
    ...common,
    sourceType: 'module',
    parserOpts: { plugins: ['explicitResourceManagement'] },
  });
  try {
    const machines = compileIn(tools, ast!);
    if (machines === 0) return unchanged;
    const made = await babel.transformFromAstAsync(ast!, code, {
      ...common,
      sourceMaps: sourceMap,
      inputSourceMap: inputSourceMap ?? false,
      cloneInputAst: false,
      compact: false,
    } as Parameters<typeof babel.transformFromAstAsync>[2]);
    return { code: made!.code!, map: (made!.map ?? undefined) as SourceMapObject | undefined, machines };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw await located(error, filename, options.errorMap ?? inputSourceMap);
  }
}

/** Tells whether it is worth a closer look. */
export function mayHaveMachines(code: string): boolean {
  return code.includes(PACKAGE) && code.includes('machine') && code.includes('function');
}

/** Compiles the machines of a module in place; gives their number. */
function compileIn(tools: Tools, ast: types.File): number {
  const { types: t, traverse } = tools.babel;
  let machines = 0;
  let pending: string | undefined;
  traverse(ast, {
    CallExpression(path) {
      const callee = path.get('callee');
      const space = spaceOf(t, callee);
      if (space === undefined) return;
      const given = path.get('arguments')[2];
      if (given === undefined || !isGenerator(given)) return;
      if (!given.isFunctionExpression()) {
        throw new Refusal('the generator function of a machine must be written in the call of machine()', given.node);
      }
      pending ??= space === '' ? importPending(tools, path) : `${space}.Pending`;
      given.replaceWith(compiled(tools, given, pending));
      machines++;
    },
  });
  return machines;
}

function compiled(tools: Tools, fn: NodePath<types.FunctionExpression>, pending: string): types.ObjectExpression {
  try {
    return compileMachine(tools, fn, pending);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`this machine cannot be compiled: ${String(error)}`, fn.node); // by regenerator
  }
}

/** Tells whether a path is `machine` of the runtime: '' where it was imported by name, or the name of the module's namespace. */
function spaceOf(t: Tools['babel']['types'], callee: NodePath): string | undefined {
  const isMember = callee.isMemberExpression() && t.isIdentifier(callee.node.property, { name: 'machine' });
  const name = isMember ? callee.node.object : callee.node;
  if (!t.isIdentifier(name)) return undefined;
  const imported = callee.scope.getBinding(name.name)?.path;
  if (imported === undefined || !t.isImportDeclaration(imported.parent) || imported.parent.source.value !== PACKAGE) {
    return undefined;
  }
  if (isMember) return imported.isImportNamespaceSpecifier() ? name.name : undefined;
  if (!imported.isImportSpecifier()) return undefined;
  const { imported: what } = imported.node;
  return (t.isIdentifier(what) ? what.name : what.value) === 'machine' ? '' : undefined;
}

function isGenerator(path: NodePath): boolean {
  if (path.isFunction()) return path.node.generator === true;
  if (!path.isIdentifier()) return false;
  const declared = path.scope.getBinding(path.node.name)?.path;
  const fn = declared?.isVariableDeclarator() === true ? declared.node.init : declared?.node;
  return (fn?.type === 'FunctionDeclaration' || fn?.type === 'FunctionExpression') && fn.generator;
}

function importPending({ babel: { types: t } }: Tools, path: NodePath): string {
  const program = path.scope.getProgramParent();
  const name = program.generateUid('Pending');
  const specifier = t.importSpecifier(t.identifier(name), t.identifier('Pending'));
  (program.path as NodePath<types.Program>).node.body.unshift(
    t.importDeclaration([specifier], t.stringLiteral(PACKAGE)),
  );
  return name;
}

/** Says where a refusal stands in what the author has written. */
async function located(refusal: Refusal, filename: string, map: object | undefined): Promise<MachineCompileError> {
  const { place, message } = refusal;
  if (map === undefined) return new MachineCompileError(message, filename, place);
  const { SourceMap } = await import('node:module');
  const entry = new SourceMap(map as ConstructorParameters<typeof SourceMap>[0]).findEntry(
    place.line - 1,
    place.column,
  );
  if (!('originalLine' in entry)) return new MachineCompileError(message, filename, place);
  const original: Place = { line: entry.originalLine + 1, column: entry.originalColumn };
  return new MachineCompileError(message, entry.originalSource, original);
}
