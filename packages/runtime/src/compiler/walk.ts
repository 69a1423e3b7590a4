// Walks over nodes, without entering the functions that stand among them.

import type { types } from '@babel/core';
import type { Types } from './babel.ts';

/** Lists the nodes right below a node. */
export function childrenOf(t: Types, node: types.Node): types.Node[] {
  const slots = node as unknown as Readonly<Record<string, Child | readonly Child[]>>;
  const below = t.VISITOR_KEYS[node.type]!.flatMap((key): readonly Child[] => {
    const child = slots[key];
    return isList(child) ? child : [child];
  });
  return below.filter((child) => child !== null && child !== undefined);
}

type Child = types.Node | null | undefined;

function isList(child: Child | readonly Child[]): child is readonly Child[] {
  return Array.isArray(child);
}

/** Tells whether a node or one below it, outside of functions within, is such a one. */
export function some(t: Types, node: types.Node, isIt: (node: types.Node) => boolean): boolean {
  return isIt(node) || (!t.isFunction(node) && childrenOf(t, node).some((child) => some(t, child, isIt)));
}

/** Tells whether a node waits. */
export function waits(t: Types, node: types.Node | null | undefined): boolean {
  return node !== null && node !== undefined && some(t, node, (below) => t.isYieldExpression(below));
}

/**
 * Replaces nodes below a node, in place: `replace` gives what is to stand for a node, and was seen to, or undefined,
 * and then the nodes below that one are looked at.
 */
export function replaceBelow(t: Types, node: types.Node, replace: (node: types.Node) => types.Node | undefined): void {
  const slots = node as unknown as Record<string, unknown>;
  const replaced = (child: types.Node): types.Node => {
    const instead = replace(child);
    if (instead === undefined) replaceBelow(t, child, replace);
    return instead ?? child;
  };
  for (const key of t.VISITOR_KEYS[node.type]!) {
    const child = slots[key] as types.Node | (types.Node | null)[] | null | undefined;
    if (Array.isArray(child)) slots[key] = child.map((item) => (item === null ? null : replaced(item)));
    else if (child) slots[key] = replaced(child);
  }
}

/** Tells whether a statement jumps to somewhere outside of it, other than by returning or throwing. */
export function jumpsOut(t: Types, statement: types.Statement): boolean {
  const look = (node: types.Node, labels: readonly string[], loops: boolean, breakable: boolean): boolean => {
    if (t.isBreakStatement(node)) return node.label ? !labels.includes(node.label.name) : !breakable;
    if (t.isContinueStatement(node)) return node.label ? !labels.includes(node.label.name) : !loops;
    const own = t.isLabeledStatement(node) ? [...labels, node.label.name] : labels;
    const isLoop = t.isLoop(node);
    const isBreakable = breakable || isLoop || t.isSwitchStatement(node);
    return childrenOf(t, node).some((child) => look(child, own, loops || isLoop, isBreakable));
  };
  return look(statement, [], false, false);
}
