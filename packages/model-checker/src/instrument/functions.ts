// Every function keeps one body, a generator, and gets a driver in its place: code that is
// not instrumented calls the driver, which runs the generator to its end; instrumented code
// finds the generator behind the driver ($rt.link) and delegates to it, so that the scheduler
// can suspend it.
//
//   function f(a) { … }   becomes   function f(){return $rt.drive(f$rt.apply(this,arguments))}
//                                   function* f$rt(a) { … }

import type { ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from 'estree';
import { boundNames, declaredNames, walk, type FunctionNode, type Node } from './ast.ts';
import type { Printer } from './printer.ts';
import { functionScope, isLeaf, mentions, ownerOf, prologue, type Scope } from './scope.ts';

/** Gives a declared function's name, or the one that `export default function ()` gets. */
export function declarationName(fn: { id: { name: string } | null }): string {
  return fn.id?.name ?? '$rt_default';
}

/** Counts the parameters as `length` does: those before the first default or rest. */
export function lengthOf(fn: FunctionNode): number {
  const end = fn.params.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement');
  return end < 0 ? fn.params.length : end;
}

/** A function's printed parameters and body. */
export interface Body {
  /** `(a){…}`, of a generator where the function is suspendable. */
  readonly text: string;
  /** True where the body says `new.target`. */
  readonly newTarget: boolean;
}

/** Tells whether parameters bind names and do nothing else. */
function arePlain(fn: FunctionNode): boolean {
  return fn.params.every(
    (parameter) => (parameter.type === 'RestElement' ? parameter.argument : parameter).type === 'Identifier',
  );
}

/** Tells whether the call of a generator function has to run it past its parameters. */
export function isPrimed(fn: FunctionNode): boolean {
  return fn.generator === true && !arePlain(fn);
}

/** Prints parameters and body: of a generator where it is suspendable, else of the function itself. */
export function printBody(p: Printer, fn: FunctionNode, outer: Scope, options: Partial<Scope> = {}): Body {
  if (fn.async === true && fn.generator === true) p.fail(fn, 'an async generator function');
  const scope = { ...functionScope(fn, outer, true), ...options };
  const names = p.list(fn.params, fn.start, (parameter) => p.print(parameter, scope));
  const nested = !arePlain(fn) && hidesParameters(p, fn);
  // A default is computed in the body, where it can be suspended; that of a generator when it is called.
  const parameters = arePlain(fn) ? `(${names}` : '(...$rt_p';
  const binding = arePlain(fn)
    ? ''
    : `${nested ? 'var' : 'let'} [${names}]=$rt_p;${fn.generator === true ? 'yield $rt.START;' : ''}`;
  const gap = p.gap(fn.params.at(-1)?.end ?? fn.start, fn.body.start);
  let body: string;
  if (fn.body.type === 'BlockStatement') {
    const printed = p.print(fn.body, scope);
    body = nested ? `${printed}}` : printed.slice(1);
  } else body = `return (${p.value(fn.body, scope)})}`;
  const newTarget = scope.needs.newTarget && scope.newTarget === 'driver';
  return { text: `${parameters}${gap}){${prologue(scope)}${binding}${body}`, newTarget };
}

/** Tells whether the body declares a name again that its parameters mention. */
function hidesParameters(p: Printer, fn: FunctionNode): boolean {
  const mentioned = new Set<string>();
  for (const parameter of fn.params) {
    walk(parameter, (node) => {
      if (node.type === 'Identifier') mentioned.add(node.name);
    });
  }
  const bound = new Set(fn.params.flatMap((parameter) => boundNames(parameter)));
  const again = [...declaredNames(fn.body)].filter((name) => mentioned.has(name));
  walk(fn.body, (node) => {
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      const names = node.declarations.flatMap(({ id }) => boundNames(id));
      if (names.some((name) => mentioned.has(name) && !bound.has(name)))
        p.fail(fn, 'a parameter default that names what a var of the body hides');
    }
    return !(
      node.type === 'FunctionDeclaration' ||
      node.type === 'FunctionExpression' ||
      node.type === 'ArrowFunctionExpression'
    );
  });
  return again.length > 0;
}

/** Prints the generator of a function as an expression; `new.target` is kept by a function around it. */
function printTwin(body: Body, name = ''): string {
  if (!body.newTarget) return `function*${name}${body.text}`;
  return `function${name}(){const $rt_new=$rt.target();return (function*${body.text}).apply(this,arguments)}`;
}

/** Prints the part of a driver that makes the generator. */
function printStart(fn: FunctionNode, twin: string, newTarget: boolean): string {
  const started = `${twin}.apply(this,arguments)`;
  if (fn.async === true) return `$rt.driveAsync(${started})`;
  if (fn.generator === true)
    return `$rt.generator(${started},new.target,${declarationName(fn as FunctionDeclaration)},${isPrimed(fn)})`;
  return `$rt.drive(${newTarget ? `$rt.aim(new.target,()=>${started})` : started})`;
}

/** Prints `function f() {}`. */
export function printFunctionDeclaration(p: Printer, fn: FunctionDeclaration, scope: Scope): string {
  const name = declarationName(fn);
  if (isLeaf(fn)) return fn.id === null ? p.source(fn).replace(/^function/, `function ${name}`) : p.source(fn);
  const body = printBody(p, fn, scope);
  return `function ${name}(){return ${printStart(fn, `${name}$rt`, body.newTarget)}}${printTwin(body, ` ${name}$rt`)}`;
}

/** Prints the call that must run before a block's statements, to link a declared function with its generator. */
export function printFunctionLink(fn: FunctionDeclaration): string {
  const name = declarationName(fn);
  const shown = fn.id === null ? ',"default"' : '';
  if (isLeaf(fn)) return `$rt.leaf(${name}${shown});`;
  const link = fn.async === true ? 'linkAsync' : fn.generator === true ? 'linkGenerator' : 'link';
  return `$rt.${link}(${name},${name}$rt,${lengthOf(fn)}${shown});`;
}

/** Prints `function () {}` where it is a value; `name` is the expression of the name that it takes from its place. */
export function printFunctionExpression(p: Printer, fn: FunctionExpression, scope: Scope, name?: string): string {
  const own = fn.id?.name;
  const shown = own === undefined ? name : JSON.stringify(own);
  if (isLeaf(fn)) return `$rt.leaf(${p.source(fn)}${own === undefined && name !== undefined ? `,${name}` : ''})`;
  const maker = fn.async === true ? 'asyncFunction' : fn.generator === true ? 'generatorFunction' : 'function';
  const twin = printTwin(printBody(p, fn, scope));
  const primed = fn.generator === true ? `,${isPrimed(fn)}` : '';
  const wrapped = `$rt.${maker}(${twin},${shown ?? '""'},${lengthOf(fn)}${primed})`;
  // The function's own name means the driver, not the generator.
  return own === undefined ? wrapped : `(()=>{const ${own}=${wrapped};return ${own}})()`;
}

/** Prints `() => {}`: its generator gets the `this` of the place where it stands. */
export function printArrow(p: Printer, fn: ArrowFunctionExpression, scope: Scope, name = '""'): string {
  if (isLeaf(fn)) return `$rt.leaf(${p.source(fn)}${name === '""' ? '' : `,${name}`})`;
  const usesThis = mentions(fn, (node: Node) => node.type === 'ThisExpression' || node.type === 'Super');
  const isLate = usesThis && ownerOf(scope).hasLateThis && !scope.suspendable;
  const self = usesThis ? (isLate ? '()=>this' : 'this') : 'void 0';
  const maker = fn.async === true ? 'asyncArrow' : 'arrow';
  const body = printBody(p, fn, scope);
  return `$rt.${maker}(function*${body.text},${self},${name},${lengthOf(fn)}${isLate ? ',true' : ''})`;
}
