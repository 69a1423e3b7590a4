// Every function keeps one body, a generator, and gets a driver in its place: code that is
// not instrumented calls the driver, which runs the generator to its end; instrumented code
// finds the generator behind the driver ($rt.link) and delegates to it, so that the scheduler
// can suspend it.
//
//   function f(a) { … }   becomes   function f(){return $rt.drive(f$g.apply(this,arguments))}
//                                   function* f$g(a) { … }

import type { ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from 'estree';
import type { FunctionNode, Node } from './ast.ts';
import type { Printer } from './printer.ts';
import { functionScope, isLeaf, mentions, type Scope } from './scope.ts';

/** Gives a declared function's name, or the one that `export default function ()` gets. */
export function declarationName(fn: { id: { name: string } | null }): string {
  return fn.id?.name ?? '$default';
}

/** Names the function of the runtime that runs a generator as if it were the function itself. */
export function driverOf(fn: FunctionNode): string {
  if (fn.async === true) return '$rt.driveAsync';
  return fn.generator === true ? '$rt.generator' : '$rt.drive';
}

/** Prints parameters and body: of a generator where it is suspendable, else of the function itself. */
export function printBody(p: Printer, fn: FunctionNode, outer: Scope, suspendable = true): string {
  if (fn.async === true && fn.generator === true) p.fail(fn, 'an async generator function');
  const scope = functionScope(fn, outer, suspendable);
  // A default is computed when the generator is made, before it can be suspended.
  const parameters = fn.params.map((parameter) => p.print(parameter, { ...scope, suspendable: false })).join(',');
  if (fn.body.type !== 'BlockStatement') {
    const value = p.value(fn.body, scope);
    return `(${parameters}){${declarations(scope)}return (${value})}`;
  }
  const body = p.print(fn.body, scope);
  return `(${parameters}){${declarations(scope)}${body.slice(body.indexOf('{') + 1)}`;
}

function declarations(scope: Scope): string {
  const variables = scope.temporaries.length > 0 ? `let ${scope.temporaries.join(',')};` : '';
  return scope.keepsArguments ? `${variables}const $arguments=arguments;` : variables;
}

/** Prints `function f() {}`. */
export function printFunctionDeclaration(p: Printer, fn: FunctionDeclaration, scope: Scope): string {
  const name = declarationName(fn as { id: { name: string } | null });
  if (isLeaf(fn)) return fn.id === null ? p.source(fn).replace(/^function/, `function ${name}`) : p.source(fn);
  return (
    `function ${name}(){return ${driverOf(fn)}(${name}$g.apply(this,arguments))}` +
    `function* ${name}$g${printBody(p, fn, scope)}`
  );
}

/** Prints `function () {}` where it is a value. */
export function printFunctionExpression(p: Printer, fn: FunctionExpression, scope: Scope): string {
  if (isLeaf(fn)) return `$rt.leaf(${p.source(fn)})`;
  const wrapped = `$rt.${makerOf(fn)}(function*${printBody(p, fn, scope)})`;
  // The function's own name means the driver, not the generator.
  return fn.id === null || fn.id === undefined
    ? wrapped
    : `(()=>{const ${fn.id.name}=${wrapped};return ${fn.id.name}})()`;
}

function makerOf(fn: FunctionNode): string {
  if (fn.async === true) return 'asyncFunction';
  return fn.generator === true ? 'generatorFunction' : 'function';
}

/** Prints `() => {}`: its generator gets the `this` of the place where it stands. */
export function printArrow(p: Printer, fn: ArrowFunctionExpression, scope: Scope): string {
  if (isLeaf(fn)) return `$rt.leaf(${p.source(fn)})`;
  const superUse = (node: Node): boolean => node.type === 'Super';
  if (mentions(fn, superUse)) p.fail(fn, 'super within an arrow function');
  const self = mentions(fn, (node) => node.type === 'ThisExpression') ? ',this' : '';
  return `$rt.${fn.async === true ? 'asyncArrow' : 'arrow'}(function*${printBody(p, fn, scope)}${self})`;
}
