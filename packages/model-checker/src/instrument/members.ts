// Reads of properties and elements. An element of a typed array may be shared memory, so the
// race detector sees it; a property may have a getter, which the scheduler may suspend.

import type { MemberExpression } from 'estree';
import type { Printer } from './printer.ts';
import type { Scope } from './scope.ts';

// What the standard library answers without looking at anything but its arguments.
const CONSTANT = new Set(['Math', 'Number', 'BigInt', 'String', 'Symbol', 'Atomics', 'Object', 'Reflect', 'JSON']);

/** Tells whether an expression can be printed twice and means the same both times. */
export function isSimple(printed: string): boolean {
  return /^(?:[\w$]+|this)$/.test(printed);
}

/** Prints `o[k]`. */
export function printElement(p: Printer, node: MemberExpression, scope: Scope): string {
  if (node.object.type === 'Super') return p.copy(node, scope);
  if (node.property.type === 'Literal' && typeof node.property.value === 'string') return p.copy(node, scope);
  return `$rt.get(${p.value(node.object, scope)},${p.value(node.property, scope)},${p.site(node)})`;
}

/** Prints `o.x`. */
export function printProperty(p: Printer, node: MemberExpression, scope: Scope): string {
  if (!scope.suspendable || node.object.type === 'Super') return p.copy(node, scope);
  if (node.object.type === 'Identifier' && CONSTANT.has(node.object.name)) return p.source(node);
  const object = p.operand(node.object, scope);
  if (node.property.type === 'PrivateIdentifier') return printPrivate(p, node, object, scope);
  return printRead(p, object, (node.property as { name: string }).name, scope);
}

/** Prints the read of a property of a printed object. */
export function printRead(p: Printer, object: string, name: string, scope: Scope): string {
  p.properties.add(name);
  const read = p.resume(scope, `$rt.read(${object},${JSON.stringify(name)})`);
  // Most properties are no accessors anywhere: those are read as they were.
  return isSimple(object) ? `($a_${name}?${read}:${object}.${name})` : read;
}

function printPrivate(p: Printer, node: MemberExpression, object: string, scope: Scope): string {
  const name = p.source(node.property);
  const kind = scope.privates.get(name.slice(1));
  if (kind === 'accessor') return `(yield* ${object}.${name}$get())`;
  if ((kind === 'method' || kind === 'async') && isSimple(object)) {
    return `$rt.${kind === 'async' ? 'linkAsync' : 'link'}(${object}.${name},${object}.${name}$g)`;
  }
  return `${object}.${name}`;
}
