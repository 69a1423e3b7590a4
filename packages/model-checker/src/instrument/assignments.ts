// Assignments and updates. Writes to elements go through the race detector. All others only
// tell whether they changed anything: a round of a loop that changed nothing but shared memory
// reads is a spin (src/engine/spin.ts).

import type { AssignmentExpression, MemberExpression, UpdateExpression } from 'estree';
import { walk, type Node } from './ast.ts';
import { isSimple, printRead } from './members.ts';
import type { Printer } from './printer.ts';
import { isOuterVariable, temporary, type Scope } from './scope.ts';

const LOGICAL = new Set(['&&=', '||=', '??=']);

/** Prints `a = b`, `a += b`, `a ??= b` for whatever `a` is. */
export function printAssignment(p: Printer, node: AssignmentExpression, scope: Scope): string {
  const { left, operator } = node;
  if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern') return printDestructuring(p, node, scope);
  const value = p.value(node.right, scope);
  if (left.type === 'Identifier') {
    if (!scope.suspendable || !isOuterVariable(scope, left.name)) return `${left.name}${operator}${value}`;
    if (operator === '=') return `(${left.name}=$rt.changed(${left.name},${value}))`;
    return `($rt.touch(),${left.name}${operator}${value})`;
  }
  const target = left as MemberExpression;
  if (target.object.type === 'Super') return `${p.copy(target, scope)}${operator}${value}`;
  if (!target.computed && !scope.suspendable) return `${p.copy(target, scope)}${operator}${value}`;
  const place = placeOf(p, target, scope, operator !== '=');
  if (operator === '=') return `(${place.prepare}${place.write(value)})`;
  if (LOGICAL.has(operator)) return `(${place.prepare}${place.read()}${operator.slice(0, -1)}${place.write(value)})`;
  return `(${place.prepare}${place.write(`${place.read()}${operator.slice(0, -1)}(${value})`)})`;
}

/** Prints `a++` and the like. */
export function printUpdate(p: Printer, node: UpdateExpression, scope: Scope): string {
  const target = node.argument;
  if (target.type === 'Identifier') {
    return scope.suspendable && isOuterVariable(scope, target.name) ? `($rt.touch(),${p.source(node)})` : p.source(node);
  }
  if (target.type !== 'MemberExpression') return p.copy(node, scope);
  if (target.object.type === 'Super' || (!target.computed && !scope.suspendable)) return p.copy(node, scope);
  const place = placeOf(p, target, scope, true);
  const before = temporary(scope, p.unique('v'));
  const after = temporary(scope, p.unique('n'));
  const value = node.prefix ? after : before;
  return `(${place.prepare}${before}=${after}=${place.read()},${after}${node.operator},${place.write(after)},${value})`;
}

/** A place that can be read and written, its object and key computed once. */
interface Place {
  /** Computes the object and the key; ends with a comma, or is empty. */
  readonly prepare: string;
  read(): string;
  write(value: string): string;
}

function placeOf(p: Printer, target: MemberExpression, scope: Scope, twice: boolean): Place {
  const prepared: string[] = [];
  const once = (printed: string): string => {
    if (!twice || isSimple(printed)) return printed;
    const name = temporary(scope, p.unique('o'));
    prepared.push(`${name}=${printed},`);
    return name;
  };
  if (target.computed) {
    const object = once(p.value(target.object, scope));
    const key = once(p.value(target.property, scope));
    const site = p.site(target);
    return {
      prepare: prepared.join(''),
      read: () => `$rt.get(${object},${key},${site})`,
      write: (value) => `$rt.set(${object},${key},${value},${site})`,
    };
  }
  const object = once(p.operand(target.object, scope));
  const name = p.source(target.property);
  if (target.property.type !== 'PrivateIdentifier') {
    p.properties.add(name);
    return {
      prepare: prepared.join(''),
      read: () => printRead(p, object, name, scope),
      write: (value) => p.resume(scope, `$rt.write(${object},${JSON.stringify(name)},${value})`),
    };
  }
  if (scope.privates.get(name.slice(1)) === 'accessor') {
    return {
      prepare: prepared.join(''),
      read: () => `(yield* ${object}.${name}$get())`,
      write: (value) => `(yield* ${object}.${name}$set(${value}))`,
    };
  }
  return {
    prepare: prepared.join(''),
    read: () => `${object}.${name}`,
    write: (value) =>
      isSimple(object)
        ? `(${object}.${name}=$rt.changed(${object}.${name},${value}))`
        : `($rt.touch(),${object}.${name}=${value})`,
  };
}

function printDestructuring(p: Printer, node: AssignmentExpression, scope: Scope): string {
  let touches = false;
  walk(node.left, (inner) => {
    if (inner.type === 'MemberExpression') touches = true;
    if (inner.type === 'Identifier' && isOuterVariable(scope, inner.name)) touches = true;
  });
  const right =
    node.left.type === 'ArrayPattern' ? `$rt.spread(${p.value(node.right, scope)})` : p.value(node.right, scope);
  const assigned = `${printTargets(p, node.left, scope)}=${right}`;
  return touches && scope.suspendable ? `($rt.touch(),${assigned})` : assigned;
}

/** Prints the left side: its targets stay what they are, but must not be shared memory. */
function printTargets(p: Printer, pattern: Node, scope: Scope): string {
  return p.copy(pattern, scope, (child) => {
    if (child.type === 'MemberExpression' && child.computed) {
      return `$rt.unshared(${p.value(child.object, scope)},${p.site(child)})[${p.value(child.property, scope)}]`;
    }
    if (child.type === 'MemberExpression') return p.copy(child, scope);
    if (child.type === 'Property') {
      return p.copy(child, scope, (part) =>
        part === child.key && !child.computed ? p.source(part) : printTarget(p, part, scope),
      );
    }
    return printTarget(p, child, scope);
  });
}

function printTarget(p: Printer, target: Node, scope: Scope): string {
  switch (target.type) {
    case 'ArrayPattern':
    case 'ObjectPattern':
    case 'RestElement':
      return printTargets(p, target, scope);
    case 'AssignmentPattern':
      return `${printTarget(p, target.left, scope)}=${p.value(target.right, scope)}`;
    case 'MemberExpression':
      return target.computed
        ? `$rt.unshared(${p.value(target.object, scope)},${p.site(target)})[${p.value(target.property, scope)}]`
        : p.copy(target, scope);
    default:
      return p.source(target);
  }
}
