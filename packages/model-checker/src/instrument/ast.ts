// The syntax tree as the instrumentation sees it: ESTree, with the offsets that every parser
// used here (rolldown, rollup, acorn, oxc) adds. Children are found by shape, so that a node
// type this package has never heard of is still copied, and its children still instrumented.

import type * as ESTree from 'estree';

declare module 'estree' {
  interface BaseNodeWithoutComments {
    /** Offset of the node's first character. */
    start: number;
    /** Offset after the node's last character. */
    end: number;
  }
}

/** A node of the tree. */
export type Node = ESTree.Node;

/** A function of any form that has a body of its own. */
export type FunctionNode = ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression;

const SKIPPED = new Set(['type', 'start', 'end', 'loc', 'range', 'decorators']);

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Lists the children of a node in the order of the source. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (SKIPPED.has(field)) continue;
    if (Array.isArray(value)) found.push(...value.filter((item) => isNode(item)));
    else if (isNode(value)) found.push(value);
  }
  // A shorthand property holds its name twice, alone and with its default: the longer one counts.
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  return found.filter((child, i) => i === 0 || child.start >= found[i - 1]!.end);
}

/** Visits a node and what lies below it, parents first; returning false leaves the node's children out. */
export function walk(node: Node, visit: (node: Node) => boolean | void): void {
  if (visit(node) === false) return;
  for (const child of children(node)) walk(child, visit);
}

/** Tells whether the node is a function with a scope of its own. */
export function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  );
}

/** Lists the names that a pattern binds. */
export function boundNames(pattern: Node): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    case 'RestElement':
      return boundNames(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : boundNames(element)));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'Property' ? property.value : property),
      );
    default:
      return [];
  }
}

/** Lists the names declared in a node, not in the functions within it. */
export function declaredNames(node: Node): Set<string> {
  const names = new Set<string>();
  walk(node, (inner) => {
    if (inner.type === 'VariableDeclarator') for (const name of boundNames(inner.id)) names.add(name);
    if (inner.type === 'CatchClause' && inner.param !== null)
      for (const name of boundNames(inner.param)) names.add(name);
    if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration') names.add(inner.id?.name ?? '');
    return !(isFunction(inner) && inner !== node);
  });
  return names;
}

/** Lists the plain variables assigned in a node, not in the functions within it. */
export function assignedNames(node: Node): Set<string> {
  const names = new Set<string>();
  walk(node, (inner) => {
    if (isFunction(inner) && inner !== node) return false;
    if (inner.type === 'AssignmentExpression') for (const name of boundNames(inner.left)) names.add(name);
    if (inner.type === 'UpdateExpression' && inner.argument.type === 'Identifier') names.add(inner.argument.name);
    if (
      (inner.type === 'ForOfStatement' || inner.type === 'ForInStatement') &&
      inner.left.type !== 'VariableDeclaration'
    )
      for (const name of boundNames(inner.left)) names.add(name);
    return true;
  });
  return names;
}
