// What cannot be compiled, whatever lives across its waits.

import type { NodePath, types } from '@babel/core';
import type { Types } from './babel.ts';
import { Refusal } from './errors.ts';
import { waits } from './walk.ts';

/** Refuses what a machine cannot have. */
export function checkBody(t: Types, fn: NodePath<types.FunctionExpression>): void {
  const { node } = fn;
  if (node.async) throw new Refusal('an async generator cannot be compiled; a machine waits with yield* only', node);
  const own = node.id && fn.scope.getOwnBinding(node.id.name);
  if (own?.path === fn && own.referenced) {
    throw new Refusal(
      `${node.id!.name} is no function once it is compiled; refer to what machine() returns`,
      own.referencePaths[0]!.node,
    );
  }
  fn.traverse({
    ThisExpression: (path) => refuseOwn(path, fn, 'this'),
    MetaProperty(path) {
      if (path.node.meta.name === 'new') refuseOwn(path, fn, 'new.target');
    },
    Identifier(path) {
      if (path.node.name === 'arguments' && path.isReferencedIdentifier()) refuseOwn(path, fn, 'arguments');
    },
    Function({ node: within }) {
      if (within.generator === true)
        throw new Refusal('a generator within a machine cannot be compiled; define it outside of the machine', within);
    },
    VariableDeclaration({ node: declaration }) {
      const kind: string = declaration.kind;
      if (kind.endsWith('using'))
        throw new Refusal(`${kind} cannot be compiled: nothing disposes of a machine that is aborted`, declaration);
    },
    ForXStatement({ node: loop }) {
      if (waits(t, loop.left)) throw new Refusal('the variable of a loop cannot wait', loop.left);
    },
    ForInStatement({ node: loop }) {
      if (waits(t, loop.body)) throw new Refusal('for...in cannot wait: use for...of with Object.keys()', loop);
    },
    TryStatement({ node: { finalizer } }) {
      if (!waits(t, finalizer)) return;
      throw new Refusal(
        'a finally block cannot wait, since an exception that is under way takes more room than a frame has: catch it, and wait after the try',
        finalizer!,
      );
    },
  });
}

function refuseOwn(path: NodePath, fn: NodePath, what: string): void {
  const owner = path.findParent(
    (above) => above === fn || above.isClassBody() || (above.isFunction() && !above.isArrowFunctionExpression()),
  );
  if (owner === fn)
    throw new Refusal(`${what} is nothing in a machine: what it needs are arguments and locals`, path.node);
}
