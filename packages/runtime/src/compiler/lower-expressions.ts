// Makes expressions with waits such that regenerator can take them apart, and such that no function has to be kept:
// it would keep `f` in `f(a, yield* wait)`, and any method, and it does not know templates and `??`. Here
// the operands up to the last wait are computed first, each into a local of its own, and all else is done at once then.

import type { types } from '@babel/core';
import type { Types } from './babel.ts';
import { Refusal } from './errors.ts';
import { type Wait, waitOf } from './waits.ts';
import { waits } from './walk.ts';

/** Is what the lowering of a machine needs. */
export interface Lowering {
  readonly t: Types;
  readonly cx: string;
  /** Makes a local. */
  readonly newLocal: (base: string) => types.Identifier;
  /** Tells whether a name always stands for the same. */
  readonly isConstant: (name: string) => boolean;
  /** Tells whether a name is one of the machine's. */
  readonly isLocal: (name: string) => boolean;
  /** Puts a wait down, and gives what regenerator sees of it. */
  readonly mark: (wait: Wait, node: types.YieldExpression) => types.Expression;
}

/** Lowers an expression. */
export function lowerExpression(low: Lowering, node: types.Expression): types.Expression {
  const { t } = low;
  const lower = (below: types.Expression): types.Expression => lowerExpression(low, below);
  if (!waits(t, node)) return node;
  if (t.isYieldExpression(node)) {
    const wait = waitOf(t, node, low.cx);
    if (!waits(t, wait.operand)) return low.mark(wait, node);
    const operand = low.newLocal('value');
    const before = t.assignmentExpression('=', operand, lower(wait.operand!));
    return t.sequenceExpression([before, low.mark({ kind: wait.kind, operand: t.cloneNode(operand) }, node)]);
  }
  if (t.isSequenceExpression(node)) return t.sequenceExpression(node.expressions.map(lower));
  if (t.isUnaryExpression(node)) return t.unaryExpression(node.operator, lower(node.argument), node.prefix);
  if (t.isConditionalExpression(node)) {
    return t.conditionalExpression(lower(node.test), lower(node.consequent), lower(node.alternate));
  }
  if (t.isLogicalExpression(node)) return lowerLogical(low, node);
  if (t.isAssignmentExpression(node)) return lowerAssignment(low, node);
  const parts = partsOf(low, node);
  if (parts === undefined) {
    throw new Refusal(`${describeType(node.type)} cannot be compiled with a wait inside: wait before it`, node);
  }
  return compute(low, node, parts);
}

/** An operand of an expression: where it is, and how to put another there. */
interface Part {
  readonly node: types.Expression;
  /** Makes what it is spread into, before anything else happens to it. */
  readonly spread?: (value: types.Expression) => types.Expression;
  /** Is only looked at when all operands are there. */
  readonly isObject?: boolean;
  set(instead: types.Expression): void;
}

/** Computes the operands up to the last that waits, in their order; then the rest. */
function compute(low: Lowering, node: types.Expression, parts: readonly Part[]): types.Expression {
  const { t } = low;
  const last = parts.findLastIndex((part) => waits(t, part.node));
  const before: types.Expression[] = [];
  for (const part of parts.slice(0, last + 1)) {
    if (!waits(t, part.node) && isStable(low, part)) continue;
    const local = low.newLocal(part.isObject === true ? 'object' : 'value');
    const value = lowerExpression(low, part.node);
    before.push(t.assignmentExpression('=', local, value));
    if (part.spread) before.push(t.assignmentExpression('=', t.cloneNode(local), part.spread(t.cloneNode(local))));
    part.set(t.cloneNode(local));
  }
  return t.sequenceExpression([...before, node]);
}

function isStable({ t, isConstant, isLocal }: Lowering, { node, isObject, spread }: Part): boolean {
  if (spread) return false;
  if (t.isLiteral(node) && !t.isTemplateLiteral(node)) return true;
  if (t.isFunction(node)) return true;
  if (t.isIdentifier(node)) return isConstant(node.name) || (isObject === true && !isLocal(node.name));
  if (isObject !== true) return false;
  let root: types.Node = node;
  while (t.isMemberExpression(root) && !root.computed) root = root.object;
  return (t.isIdentifier(root) && !isLocal(root.name)) || t.isMetaProperty(root);
}

/** Lists the operands of an expression in the order in which they are computed; undefined for those that are not supported. */
function partsOf(low: Lowering, node: types.Expression): Part[] | undefined {
  const { t } = low;
  if (t.isBinaryExpression(node) && t.isExpression(node.left)) {
    return [partIn(node, 'left', node.left), partIn(node, 'right', node.right)];
  }
  if (t.isMemberExpression(node)) return memberParts(node);
  if (t.isTemplateLiteral(node)) return listParts(t, node.expressions);
  if (t.isArrayExpression(node)) return listParts(t, node.elements);
  if (t.isObjectExpression(node)) return objectParts(low, node);
  if (t.isNewExpression(node) || t.isCallExpression(node)) {
    const { callee } = node;
    const own = t.isMemberExpression(callee) ? memberParts(callee) : calleeParts(t, callee);
    return own && [...own, ...listParts(t, node.arguments)];
  }
  return t.isOptionalMemberExpression(node) || t.isOptionalCallExpression(node) ? chainParts(low, node) : undefined;
}

function partIn<Owner extends object>(owner: Owner, key: keyof Owner & string, node: types.Expression): Part {
  return { node, set: (instead) => void Object.assign(owner, { [key]: instead }) };
}

function memberParts(node: types.MemberExpression): Part[] {
  const object = { ...partIn(node, 'object', node.object), isObject: true };
  return node.computed ? [object, partIn(node, 'property', node.property as types.Expression)] : [object];
}

/** Allows what is called if it can be looked up with the call: a function could not be kept. */
function calleeParts(t: Types, callee: types.Node): Part[] | undefined {
  return t.isIdentifier(callee) || t.isFunction(callee) ? [] : undefined;
}

function listParts(t: Types, list: (types.Node | null)[]): Part[] {
  return list.flatMap((item, i): Part[] => {
    if (t.isSpreadElement(item)) {
      const spread = (value: types.Expression): types.Expression => t.arrayExpression([t.spreadElement(value)]);
      return [{ ...partIn(item, 'argument', item.argument), spread }];
    }
    return item === null ? [] : [{ node: item as types.Expression, set: (instead) => void (list[i] = instead) }];
  });
}

function objectParts({ t }: Lowering, node: types.ObjectExpression): Part[] | undefined {
  const parts: Part[] = [];
  for (const property of node.properties) {
    if (t.isSpreadElement(property)) {
      const spread = (value: types.Expression): types.Expression => t.objectExpression([t.spreadElement(value)]);
      parts.push({ ...partIn(property, 'argument', property.argument), spread });
    } else if (t.isObjectProperty(property)) {
      if (property.computed) parts.push(partIn(property, 'key', property.key as types.Expression));
      property.shorthand = false;
      parts.push(partIn(property, 'value', property.value as types.Expression));
    } else if (property.computed) return undefined;
  }
  return parts;
}

/** Gives what an optional chain begins with, where that is all that waits. */
function chainParts(
  { t }: Lowering,
  chain: types.OptionalMemberExpression | types.OptionalCallExpression,
): Part[] | undefined {
  for (let node = chain; ;) {
    const [key, others] = t.isOptionalCallExpression(node) ? ['callee', node.arguments] : ['object', [node.property]];
    if (others.some((other) => waits(t, other))) return undefined;
    const head: types.Expression = t.isOptionalCallExpression(node) ? node.callee : node.object;
    if (t.isOptionalMemberExpression(head) || t.isOptionalCallExpression(head)) {
      node = head;
    } else {
      // Called on something, it would be called on nothing from a local.
      if (key === 'callee' && t.isMemberExpression(head)) return undefined;
      return [partIn(node as unknown as Record<string, unknown>, key, head)];
    }
  }
}

function lowerLogical(low: Lowering, { operator, left, right }: types.LogicalExpression): types.Expression {
  const { t } = low;
  const [first, second] = [lowerExpression(low, left), lowerExpression(low, right)];
  if (operator !== '??') return t.logicalExpression(operator, first, second);
  const local = low.newLocal('value');
  const isThere = t.binaryExpression('!=', t.assignmentExpression('=', local, first), t.nullLiteral());
  return t.conditionalExpression(isThere, local, second);
}

function lowerAssignment(low: Lowering, node: types.AssignmentExpression): types.Expression {
  const { t } = low;
  const { left, right, operator } = node;
  if (waits(t, left) && !t.isMemberExpression(left)) {
    throw new Refusal('a pattern cannot be compiled with a wait inside: wait before it', left);
  }
  const binary = operator.slice(0, -1);
  if (t.isIdentifier(left)) {
    const assign = (value: types.Expression): types.Expression => t.assignmentExpression('=', t.cloneNode(left), value);
    if (operator === '=') return assign(lowerExpression(low, right));
    const isLogical = binary === '&&' || binary === '||' || binary === '??';
    const old = t.cloneNode(left);
    if (isLogical)
      return lowerLogical(low, t.logicalExpression(binary, old, t.assignmentExpression('=', t.cloneNode(left), right)));
    return assign(lowerExpression(low, t.binaryExpression(binary as types.BinaryExpression['operator'], old, right)));
  }
  if (!t.isMemberExpression(left)) return t.assignmentExpression(operator, left, lowerExpression(low, right));
  if (binary !== '' && /[&|?]{2}/.test(binary)) {
    throw new Refusal(`${operator} on a property cannot be compiled with a wait inside: wait before it`, node);
  }
  const target = memberParts(left);
  if (operator === '=') return compute(low, node, [...target, partIn(node, 'right', right)]);
  // The old value is one more operand, between the object and the new value.
  const before: types.Expression[] = [];
  for (const part of target) {
    if (!waits(t, part.node) && isStable(low, part)) continue;
    const local = low.newLocal('object');
    before.push(t.assignmentExpression('=', local, lowerExpression(low, part.node)));
    part.set(local);
  }
  const sum = t.binaryExpression(binary as types.BinaryExpression['operator'], t.cloneNode(left), right);
  const value = low.newLocal('value');
  const computed = t.assignmentExpression('=', value, lowerExpression(low, sum));
  return t.sequenceExpression([...before, computed, t.assignmentExpression('=', left, value)]);
}

function describeType(type: string): string {
  const words = type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}
