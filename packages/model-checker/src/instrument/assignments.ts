// Assignments and updates. Writes to elements go through the race detector. All others only
// tell whether they changed anything: a round of a loop that changed nothing but shared memory
// reads is a spin (src/engine/spin.ts).

import type { AssignmentExpression, MemberExpression, Pattern, UpdateExpression } from 'estree';
import { walk, type Node } from './ast.ts';
import { isSimple, printElementRead, printRead, printSuper, printSuperKey } from './members.ts';
import { printNamed } from './names.ts';
import type { Printer } from './printer.ts';
import { isOuterVariable, temporary, type Scope } from './scope.ts';

const LOGICAL = new Set(['&&=', '||=', '??=']);

/** Prints `a = b`, `a += b`, `a ??= b` for whatever `a` is. */
export function printAssignment(p: Printer, node: AssignmentExpression, scope: Scope): string {
  const { left, operator } = node;
  const gap = p.gap(left.end, node.right.start);
  if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern')
    return printAssignmentTo(p, left, operator, gap + printArraySource(p, left, node.right, scope), scope);
  if (left.type === 'Identifier') {
    const isNaming = operator === '=' || LOGICAL.has(operator);
    const value =
      gap + (isNaming ? printNamed(p, node.right, scope, JSON.stringify(left.name)) : p.value(node.right, scope));
    // A class takes the name only where it stands right behind the operator.
    if (isNaming && node.right.type === 'ClassExpression') return `($rt.touch(),${left.name}${operator}${value})`;
    return printAssignmentTo(p, left, operator, value, scope);
  }
  return printAssignmentTo(p, left, operator, gap + p.value(node.right, scope), scope);
}

/** Prints the assignment of a printed value. */
export function printAssignmentTo(p: Printer, left: Pattern, operator: string, value: string, scope: Scope): string {
  if (left.type === 'Identifier') {
    if (!scope.suspendable || !isOuterVariable(scope, left.name)) return `${left.name}${operator}${value}`;
    if (operator === '=') return `(${left.name}=$rt.changed(${left.name},${value}))`;
    return `($rt.touch(),${left.name}${operator}${value})`;
  }
  if (left.type !== 'MemberExpression') return printDestructuring(p, left, value, scope);
  if (left.object.type === 'Super') {
    if (!scope.arrow || !scope.suspendable) return `${printSuper(p, left, scope)}${operator}${value}`;
    if (operator !== '=') p.fail(left, `super with ${operator} in an arrow function`);
    return `$rt_super(${printSuperKey(p, left, scope)},${value})`;
  }
  if (!left.computed && !scope.suspendable) return `${p.copy(left, scope)}${operator}${value}`;
  const place = placeOf(p, left, scope, operator !== '=');
  if (operator === '=') return `(${place.prepare}${place.write(value)})`;
  if (LOGICAL.has(operator)) return `(${place.prepare}${place.read()}${operator.slice(0, -1)}${place.write(value)})`;
  return `(${place.prepare}${place.write(`${place.read()}${operator.slice(0, -1)}(${value})`)})`;
}

/** Prints `a++` and the like. */
export function printUpdate(p: Printer, node: UpdateExpression, scope: Scope): string {
  const target = node.argument;
  if (target.type === 'Identifier') {
    return scope.suspendable && isOuterVariable(scope, target.name)
      ? `($rt.touch(),${p.source(node)})`
      : p.source(node);
  }
  if (target.type !== 'MemberExpression') return p.copy(node, scope);
  if (target.object.type === 'Super') {
    if (scope.arrow && scope.suspendable) p.fail(node, `super with ${node.operator} in an arrow function`);
    return p.copy(node, scope);
  }
  if (!target.computed && !scope.suspendable) return p.copy(node, scope);
  const place = placeOf(p, target, scope, true);
  const after = temporary(scope, p.unique('n'));
  const read = `${place.prepare}${after}=${place.read()}`;
  if (node.prefix) return `(${read},${node.operator}${after},${place.write(after)})`;
  // What the expression gives is the number that was there, whatever it was written as.
  const before = temporary(scope, p.unique('v'));
  return `(${read},${before}=${after}${node.operator},${place.write(after)},${before})`;
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
      read: () => printElementRead(p, target, object, key, scope),
      write: (value) =>
        scope.suspendable
          ? p.resume(scope, `$rt.assign(${object},${key},${value},${site})`)
          : `$rt.set(${object},${key},${value},${site})`,
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
      read: () => `(yield* ${object}.${name}$rtget())`,
      write: (value) => `($rt_t=${value},yield* ${object}.${name}$rtset($rt_t),$rt_t)`,
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

/** Prints what a pattern takes apart: an instrumented iterator is run beforehand, as far as the pattern needs it. */
export function printArraySource(p: Printer, pattern: Node, source: Node, scope: Scope): string {
  const value = p.value(source, scope);
  if (pattern.type === 'ObjectPattern') {
    const isIndexed = pattern.properties.some(
      (property) => property.type === 'RestElement' || property.computed || property.key.type !== 'Identifier',
    );
    return isIndexed ? `$rt.spread(${value})` : value;
  }
  if (pattern.type !== 'ArrayPattern') return value;
  if (!scope.suspendable) return `$rt.spread(${value})`;
  const count = pattern.elements.at(-1)?.type === 'RestElement' ? -1 : pattern.elements.length;
  return p.resume(scope, `$rt.take(${value},${count})`);
}

function printDestructuring(p: Printer, left: Pattern, value: string, scope: Scope): string {
  let touches = false;
  walk(left, (inner) => {
    if (inner.type === 'MemberExpression') touches = true;
    if (inner.type === 'Identifier' && isOuterVariable(scope, inner.name)) touches = true;
  });
  const assigned = `${printTargets(p, left, scope)}=${value}`;
  return touches && scope.suspendable ? `($rt.touch(),${assigned})` : `(${assigned})`;
}

/** Prints the left side: its targets stay what they are, but must not be shared memory. */
function printTargets(p: Printer, pattern: Node, scope: Scope): string {
  return p.copy(pattern, scope, (child) => {
    if (child.type !== 'Property') return printTarget(p, child, scope);
    // The value of a shorthand with a default holds the name too.
    if (child.shorthand) return printTarget(p, child.value, scope);
    return p.copy(child, scope, (part) => {
      if (part !== child.key) return printTarget(p, part, scope);
      return child.computed ? p.value(part, scope) : p.source(part);
    });
  });
}

function printTarget(p: Printer, target: Node, scope: Scope): string {
  switch (target.type) {
    case 'ArrayPattern':
    case 'ObjectPattern':
    case 'RestElement':
      return printTargets(p, target, scope);
    case 'AssignmentPattern': {
      const { left, right } = target;
      const gap = p.gap(left.end, right.start);
      const name = left.type === 'Identifier' ? JSON.stringify(left.name) : '""';
      return `${printTarget(p, left, scope)}=${gap}${printNamed(p, right, scope, name)}`;
    }
    case 'MemberExpression':
      if (target.object.type === 'Super') {
        if (scope.arrow && scope.suspendable) p.fail(target, 'super in a pattern in an arrow function');
        return p.copy(target, scope);
      }
      return target.computed
        ? `$rt.unshared(${p.value(target.object, scope)},${p.site(target)})[${p.value(target.property, scope)}]`
        : p.copy(target, scope);
    default:
      return p.source(target);
  }
}
