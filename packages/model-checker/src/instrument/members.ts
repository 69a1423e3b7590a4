// Reads of properties and elements. An element of a typed array may be shared memory, so the
// race detector sees it; a property may have a getter, which the scheduler may suspend.

import type { MemberExpression } from 'estree';
import type { Node } from './ast.ts';
import type { Printer } from './printer.ts';
import { ownerOf, type Scope } from './scope.ts';

// What the standard library answers without looking at anything but its arguments.
const CONSTANT = new Set(['Math', 'Number', 'BigInt', 'String', 'Symbol', 'Atomics', 'Object', 'Reflect', 'JSON']);

/** Tells whether an expression can be printed twice and means the same both times. */
export function isSimple(printed: string): boolean {
  return /^[\w$]+$/.test(printed);
}

/** Tells whether a key is a number for certain, so that it names no accessor. */
function isNumeric(key: Node): boolean {
  if (key.type === 'Literal') return typeof key.value === 'number';
  if (key.type === 'UpdateExpression') return true;
  if (key.type === 'UnaryExpression') return /^[-+~]$/.test(key.operator);
  return key.type === 'BinaryExpression' && /^(?:[-*/%&|^]|\*\*|<<|>>>?)$/.test(key.operator);
}

/** Prints `o[k]`. */
export function printElement(p: Printer, node: MemberExpression, scope: Scope): string {
  if (node.object.type === 'Super') return printSuper(p, node, scope);
  const key = p.gap(node.object.end, node.property.start) + p.value(node.property, scope);
  return printElementRead(p, node, p.value(node.object, scope), key, scope);
}

/** Prints the read of an element of a printed object. */
export function printElementRead(
  p: Printer,
  node: MemberExpression,
  object: string,
  key: string,
  scope: Scope,
): string {
  const read = `(${object},${key},${p.site(node)})`;
  return scope.suspendable && !isNumeric(node.property) ? p.resume(scope, `$rt.element${read}`) : `$rt.get${read}`;
}

/** Prints `o.x`. */
export function printProperty(p: Printer, node: MemberExpression, scope: Scope): string {
  if (node.object.type === 'Super') return printSuper(p, node, scope);
  if (!scope.suspendable) {
    if (node.property.type !== 'PrivateIdentifier') return p.copy(node, scope);
    return printPrivateRead(
      p.operand(node.object, scope),
      p.gap(node.object.end, node.property.start) + p.source(node.property),
      scope,
    );
  }
  if (node.object.type === 'Identifier' && CONSTANT.has(node.object.name)) return p.source(node);
  const object = p.operand(node.object, scope);
  const gap = p.gap(node.object.end, node.property.start);
  if (node.property.type === 'PrivateIdentifier') return printPrivateRead(object, gap + p.source(node.property), scope);
  return printRead(p, object, (node.property as { name: string }).name, scope, gap);
}

/** Prints the read of a property of a printed object. */
export function printRead(p: Printer, object: string, name: string, scope: Scope, gap = ''): string {
  if (!scope.suspendable) return `${object}.${gap}${name}`;
  p.properties.add(name);
  const read = p.resume(scope, `$rt.read(${object},${gap}${JSON.stringify(name)})`);
  // Most properties are no accessors anywhere: those are read as they were.
  return isSimple(object) ? `($rt_a_${name}?${read}:${object}.${name})` : read;
}

/** Prints the read of a private member; `name` may begin with line breaks. */
export function printPrivateRead(object: string, name: string, scope: Scope): string {
  const kind = scope.privates.get(name.trim().slice(1));
  if (kind === 'accessor' && scope.suspendable) return `(yield* ${object}.${name}$rtget())`;
  // A private method that becomes a value: it may be called with any `this`.
  if (kind === 'method' || kind === 'async' || kind === 'generator') {
    return `$rt.privately(${object}.${name}$rt,${JSON.stringify(name.trim())},"${kind}")`;
  }
  return `${object}.${name}`;
}

/** Prints `super.x`; the generator of an arrow function asks the function around it. */
export function printSuper(p: Printer, node: MemberExpression, scope: Scope): string {
  if (!scope.arrow || !scope.suspendable) {
    // The language's own `super`, so the key is printed as it stands.
    return p.copy(node, scope);
  }
  return `$rt_super(${printSuperKey(p, node, scope)})`;
}

/** Prints the key of `super.x` as an expression. */
export function printSuperKey(p: Printer, node: MemberExpression, scope: Scope): string {
  ownerOf(scope).needs.superMember = true;
  return node.computed ? p.value(node.property, scope) : JSON.stringify(p.source(node.property));
}
