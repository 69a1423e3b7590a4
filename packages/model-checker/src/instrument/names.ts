// The names that functions take from where they stand: `const f = () => {}` is called `f`.
// A function that is wrapped in a call takes none by itself.

import type { Node } from './ast.ts';
import { printArrow, printFunctionExpression } from './functions.ts';
import type { Printer } from './printer.ts';
import type { Scope } from './scope.ts';

/** Tells whether a node is a function, or a class, without a name of its own. */
export function isAnonymous(node: Node): boolean {
  if (node.type === 'ArrowFunctionExpression') return true;
  return (
    (node.type === 'FunctionExpression' || node.type === 'ClassExpression') &&
    (node.id === null || node.id === undefined)
  );
}

/** Prints a value that takes the name, an expression, where it is a function without one. */
export function printNamed(p: Printer, node: Node, scope: Scope, name: string): string {
  if (node.type === 'ArrowFunctionExpression') return p.fill(node, printArrow(p, node, scope, name));
  if (node.type === 'FunctionExpression') return p.fill(node, printFunctionExpression(p, node, scope, name));
  return p.value(node, scope);
}
