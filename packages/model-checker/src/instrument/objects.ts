// Object literals.

import type { ObjectExpression, Property } from 'estree';
import type { FunctionNode, Node } from './ast.ts';
import { printMember } from './methods.ts';
import { printNamed } from './names.ts';
import type { Printer } from './printer.ts';
import { isLeaf, temporary, type Scope } from './scope.ts';

/** Prints `{ a, b: 1, m() {}, get x() {}, ...rest }`. */
export function printObject(p: Printer, node: ObjectExpression, scope: Scope): string {
  const links: string[] = [];
  const print = (child: Node): string => {
    if (child.type === 'SpreadElement') return p.copy(child, scope, (part) => p.value(part, scope));
    const property = child as Property;
    if (property.kind === 'init' && !property.method) return printValue(p, property, scope);
    if (property.kind === 'init' && !property.computed && isLeaf(property.value as FunctionNode)) {
      const { key } = property;
      links.push(`[0,${key.type === 'Identifier' ? JSON.stringify(key.name) : p.source(key)},"leaf",0,0]`);
      return p.source(property);
    }
    return printMember(p, property, scope, links);
  };
  const printed = p.copy(node, scope, (child) => p.fill(child, print(child)));
  return links.length === 0 ? printed : `$rt.literal(${printed},${links.join(',')})`;
}

function printValue(p: Printer, property: Property, scope: Scope): string {
  const { key, value } = property;
  if (property.shorthand) {
    const printed = p.print(value, scope);
    return printed === p.source(key) ? printed : `${p.source(key)}:${printed}`;
  }
  const gap = p.gap(key.end, value.start);
  if (!property.computed) {
    const text = p.source(key);
    const name = key.type === 'Identifier' ? JSON.stringify(key.name) : `String(${text})`;
    return `${text}:${gap}${printNamed(p, value, scope, name)}`;
  }
  const printed = p.value(key, scope);
  const before = p.gap(property.start, key.start);
  if (value.type !== 'FunctionExpression' && value.type !== 'ArrowFunctionExpression')
    return `${before}[${printed}]:${gap}${p.value(value, scope)}`;
  const name = temporary(scope, p.unique('k'));
  return `${before}[${name}=$rt.key(${printed})]:${gap}${printNamed(p, value, scope, name)}`;
}
