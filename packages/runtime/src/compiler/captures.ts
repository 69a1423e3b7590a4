// Functions within a machine. One that is called in the poll that made it is right whatever it refers to. But nobody can
// tell here whether it is; so it may refer to what will not change, and to what is gone by the next wait. For it sees
// the variables of the poll that made it, while the machine goes on with its frame's.

import type { NodePath, types } from '@babel/core';
import type { Types } from './babel.ts';
import { Refusal } from './errors.ts';
import type { Local } from './locals.ts';

/** Is a function's use of a local that is assigned to more than once. */
export interface Capture {
  readonly name: string;
  readonly node: types.Node;
}

/** Finds what functions within a machine refer to; a constant of a loop's turn becomes the function's own. */
export function findCaptures(
  t: Types,
  fn: NodePath<types.FunctionExpression>,
  locals: ReadonlyMap<string, Local>,
): Capture[] {
  const captures: Capture[] = [];
  fn.get('body').traverse({
    Function(path) {
      const uses = usesWithin(path, fn, locals);
      if (!isCondition(t, path)) {
        for (const [name, node] of uses) if (!locals.get(name)!.isConstant) captures.push({ name, node });
      }
      const turns = [...uses].filter(([name]) => locals.get(name)!.isConstant && locals.get(name)!.isInLoop);
      if (turns.length > 0 && !isCondition(t, path)) bindTurns(t, path, turns);
      path.skip();
    },
  });
  for (const { name, node } of captures) {
    if (!locals.get(name)!.isInLoop) continue;
    throw new Refusal(
      `${name} is another one in each turn of the loop, which a function that refers to it could not tell: give the function a ` +
        'const, or put both into a block of their own that has no wait',
      node,
    );
  }
  return captures;
}

/** Tells whether a function is the condition of `cx.until`, which is made anew at each poll. */
function isCondition(t: Types, path: NodePath<types.Function>): boolean {
  const call = path.parent;
  return (
    t.isCallExpression(call) &&
    path.listKey === 'arguments' &&
    t.isMemberExpression(call.callee) &&
    t.isIdentifier(call.callee.property, { name: 'until' }) &&
    t.isYieldExpression(path.parentPath.parent)
  );
}

function usesWithin(
  path: NodePath<types.Function>,
  fn: NodePath<types.FunctionExpression>,
  locals: ReadonlyMap<string, Local>,
): Map<string, types.Node> {
  const uses = new Map<string, types.Node>();
  const note = (use: NodePath, name: string): void => {
    const local = locals.get(name);
    if (local === undefined || uses.has(name)) return;
    const binding = use.scope.getBinding(name);
    const isOfMachine =
      binding !== undefined && binding.identifier === local.node && binding.scope.getFunctionParent() === fn.scope;
    if (isOfMachine) uses.set(name, use.node);
  };
  path.traverse({
    Identifier(use) {
      note(use, use.node.name); // a property's name, too, which does no harm
    },
  });
  return uses;
}

/** Hands a function the constants of a loop's turn, which will be variables outside of the loop. */
function bindTurns(t: Types, path: NodePath<types.Function>, turns: readonly (readonly [string, types.Node])[]): void {
  const [[name, node]] = turns as [[string, types.Node]];
  const declarator = path.parent;
  const isOwn =
    t.isVariableDeclarator(declarator) && turns.some(([own]) => t.isIdentifier(declarator.id, { name: own }));
  if (isOwn || !path.isExpression()) {
    throw new Refusal(
      `${name} is another one in each turn of the loop, which a function of this kind could not tell`,
      node,
    );
  }
  const names = (): types.Identifier[] => turns.map(([turn]) => t.identifier(turn));
  path.replaceWith(t.callExpression(t.arrowFunctionExpression(names(), path.node as types.Expression), names()));
}
