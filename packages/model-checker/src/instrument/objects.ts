// Object literals: methods become functions like any other; accessors keep their place, with
// their generators beside them.

import type { FunctionExpression, ObjectExpression, Property } from 'estree';
import type { FunctionNode, Node } from './ast.ts';
import { printBody, printFunctionExpression } from './functions.ts';
import type { Printer } from './printer.ts';
import { isLeaf, mentions, type Scope } from './scope.ts';

/** Prints `{ a, b: 1, m() {}, get x() {}, ...rest }`. */
export function printObject(p: Printer, node: ObjectExpression, scope: Scope): string {
  const accessors: string[] = [];
  const printed = p.copy(node, scope, (child) => {
    if (child.type === 'SpreadElement') return p.copy(child, scope);
    const property = child as Property;
    const key = property.computed ? `[${p.value(property.key, scope)}]` : p.source(property.key);
    if (property.kind === 'init' && !property.method) {
      if (!property.shorthand) return `${key}:${p.value(property.value, scope)}`;
      const value = p.print(property.value, scope);
      return value === key ? key : `${key}:${value}`;
    }
    const fn = property.value as FunctionNode;
    if (mentions(fn, (inner: Node) => inner.type === 'Super')) p.fail(property, 'super in an object literal');
    // A method's source begins at its parameters.
    if (property.kind === 'init' && isLeaf(fn)) return `${key}:$rt.leaf(function${p.source(fn)})`;
    if (property.kind === 'init') return `${key}:${printFunctionExpression(p, fn as FunctionExpression, scope)}`;
    if (property.computed) p.fail(property, 'an accessor with a computed name in an object literal');
    const name = JSON.stringify(property.key.type === 'Identifier' ? property.key.name : (property.key as { value: unknown }).value);
    accessors.push(`[${name},"${property.kind}",function*${printBody(p, fn, scope)}]`);
    return property.kind === 'get'
      ? `get ${key}(){return $rt.driveAccessor(this,${name},"get")}`
      : `set ${key}($v){$rt.driveAccessor(this,${name},"set",$v)}`;
  });
  return accessors.length === 0 ? printed : `$rt.literal(${printed},${accessors.join(',')})`;
}
