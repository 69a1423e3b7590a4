// The names that functions take from where they stand: `const f = () => {}` is called `f`.
// A function that is wrapped in a call takes none by itself.

import type { Node } from './ast.ts';
import { printArrow, printFunctionExpression } from './functions.ts';
import type { Printer } from './printer.ts';
import type { Scope } from './scope.ts';

/** Prints a value that takes the name, an expression, where it is a function without one. */
export function printNamed(p: Printer, node: Node, scope: Scope, name: string): string {
  if (node.type === 'ArrowFunctionExpression') return p.fill(node, printArrow(p, node, scope, name));
  if (node.type === 'FunctionExpression') return p.fill(node, printFunctionExpression(p, node, scope, name));
  return p.value(node, scope);
}
