// Finds every access to shared memory in a package's source, by types: calls of `Atomics`, and
// plain accesses to views whose type lets their buffer be shared. A view that is never shared
// has a type that says so, `Uint8Array<ArrayBuffer>`, or counts as shared.
//
// Passing a view on to a function of the workspace is no access: the function makes it. A
// function of the platform that takes array-likes or buffers reads them.
//
// Uses the oldest compiler that the packages support, since the native one has no stable API.

import { dirname } from 'node:path';
import ts from 'typescript-oldest';

/** Is what an access does: an operation of `Atomics`, or a plain one. */
export type Operation =
  | 'add'
  | 'and'
  | 'compareExchange'
  | 'exchange'
  | 'load'
  | 'notify'
  | 'or'
  | 'plain load'
  | 'plain store'
  | 'store'
  | 'sub'
  | 'wait'
  | 'waitAsync'
  | 'xor';

/** Is an access to shared memory in the source. */
export interface Access {
  /** The path as it was given to {@link findAccesses}. */
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly operation: Operation;
  /** Names the function around it. */
  readonly within: string;
}

const VIEW = /^(?:(?:Big)?(?:Int|Uint|Float)(?:8|16|32|64)(?:Clamped)?Array|DataView)$/;
const TAKES_MEMORY = /ArrayLike|Iterable|Buffer|(?:Int|Uint|Float)\d+(?:Clamped)?Array|DataView/;
/** Methods of views that touch no element. */
const TOUCH_NOTHING = new Set(['subarray', 'keys']);
const WRITE = /^(?:set|fill|copyWithin|reverse|sort)/;
const NO_ACCESS = new Set(['isLockFree', 'pause']);

/**
 * Lists the accesses to shared memory in files, in their order.
 *
 * @param tsconfig - a config whose compiler options hold for the files; what it includes is not looked at
 */
export function findAccesses(tsconfig: string, files: readonly string[]): Access[] {
  const options = readOptions(tsconfig);
  const program = ts.createProgram({ rootNames: files, options, host: hostFor(options) });
  const checker = program.getTypeChecker();
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`the compiler does not find ${file}`);
    return accessesIn(source, checker, program).map((access) => ({ file, ...access }));
  });
}

/** The declarations of the platform, parsed once. */
const platform = new Map<string, ts.SourceFile | undefined>();

function hostFor(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const library = dirname(host.getDefaultLibFileName(options));
  return {
    ...host,
    getSourceFile(file, language) {
      if (dirname(file) !== library) return host.getSourceFile(file, language);
      if (!platform.has(file)) platform.set(file, host.getSourceFile(file, language));
      return platform.get(file);
    },
  };
}

function readOptions(tsconfig: string): ts.CompilerOptions {
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(`${tsconfig}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
    },
  };
  return { ...ts.getParsedCommandLineOfConfigFile(tsconfig, {}, host)!.options, noEmit: true };
}

function accessesIn(source: ts.SourceFile, checker: ts.TypeChecker, program: ts.Program): Omit<Access, 'file'>[] {
  const found: Omit<Access, 'file'>[] = [];
  const isShared = (node: ts.Node): boolean => mayBeShared(checker.getTypeAtLocation(node), checker);
  const isIndex = (node: ts.Node): boolean =>
    (checker.getTypeAtLocation(node).flags & (ts.TypeFlags.StringLike | ts.TypeFlags.ESSymbolLike)) === 0;
  const note = (node: ts.Node, operation: Operation): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    found.push({ line, operation, within: functionAround(node) });
  };

  const noteCall = (call: ts.CallExpression | ts.NewExpression): void => {
    const declaration = checker.getResolvedSignature(call)?.declaration;
    if (declaration === undefined || !isOfPlatform(declaration, program)) return;
    if (ts.isInterfaceDeclaration(declaration.parent) && declaration.parent.name.text === 'Atomics') {
      const { text } = (declaration as ts.MethodSignature).name as ts.Identifier;
      if (!NO_ACCESS.has(text)) note(call, text as Operation);
      return;
    }
    const { expression: callee } = call;
    if (ts.isPropertyAccessExpression(callee) && isShared(callee.expression) && !TOUCH_NOTHING.has(callee.name.text)) {
      note(callee.name, WRITE.test(callee.name.text) ? 'plain store' : 'plain load');
    }
    for (const [i, argument] of (call.arguments ?? []).entries()) {
      const parameter = declaration.parameters[Math.min(i, declaration.parameters.length - 1)];
      if (parameter === undefined || ts.isJSDocParameterTag(parameter)) continue;
      if (TAKES_MEMORY.test(parameter.type?.getText() ?? '') && isShared(argument)) note(argument, 'plain load');
    }
  };

  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) noteCall(node);
    else if (ts.isElementAccessExpression(node) && isShared(node.expression) && isIndex(node.argumentExpression)) {
      for (const operation of operationsOf(node)) note(node, operation);
    } else if ((ts.isSpreadElement(node) || ts.isForOfStatement(node)) && isShared(node.expression)) {
      note(node.expression, 'plain load');
    } else if (ts.isArrayBindingPattern(node) && isShared(node)) note(node, 'plain load');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Tells whether a type is a view, or may be one, of memory that may be shared. */
function mayBeShared(type: ts.Type, checker: ts.TypeChecker): boolean {
  const whole = checker.getBaseConstraintOfType(type) ?? type;
  if (whole.isUnionOrIntersection()) return whole.types.some((part) => mayBeShared(part, checker));
  if (!VIEW.test(whole.symbol?.name ?? '')) return false;
  const [buffer] = checker.getTypeArguments(whole as ts.TypeReference);
  if (buffer === undefined) return false;
  const buffers = buffer.isUnion() ? buffer.types : [checker.getBaseConstraintOfType(buffer) ?? buffer];
  return buffers.some((part) =>
    (part.isUnion() ? part.types : [part]).some(({ symbol }) => symbol?.name === 'SharedArrayBuffer'),
  );
}

function isOfPlatform(declaration: ts.Node, program: ts.Program): boolean {
  const file = declaration.getSourceFile();
  return program.isSourceFileDefaultLibrary(file) || file.fileName.includes('/node_modules/@types/');
}

/** Tells whether an element is read, or written, or both. */
function operationsOf(node: ts.ElementAccessExpression): Operation[] {
  let inner: ts.Node = node;
  while (ts.isNonNullExpression(inner.parent) || ts.isParenthesizedExpression(inner.parent)) inner = inner.parent;
  const { parent } = inner;
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    const changes =
      parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
    return changes ? ['plain load', 'plain store'] : ['plain load'];
  }
  if (!ts.isBinaryExpression(parent) || parent.left !== inner) return ['plain load'];
  const { kind } = parent.operatorToken;
  if (kind === ts.SyntaxKind.EqualsToken) return ['plain store'];
  const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  return assigns ? ['plain load', 'plain store'] : ['plain load'];
}

/** Names the nearest function around a node that has a name. */
function functionAround(node: ts.Node): string {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isConstructorDeclaration(at)) return 'constructor';
    if (!ts.isFunctionLike(at)) continue;
    const named = ts.isVariableDeclaration(at.parent) || ts.isPropertyAssignment(at.parent) ? at.parent : at;
    const name = (named as ts.NamedDeclaration).name?.getText();
    if (name !== undefined) return name.replace(/^#/, '');
  }
  return 'module';
}
