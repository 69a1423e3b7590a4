// Makes statements with waits such that regenerator can take them apart: declarations become assignments, for...of over
// arrays counts, and what neither waits nor jumps to elsewhere is put aside, to stay as it is.

import type { types } from '@babel/core';
import { Refusal } from './errors.ts';
import type { Whole } from './locals.ts';
import { like, lowerExpression, type Lowering } from './lower-expressions.ts';
import { jumpsOut, replaceBelow, waits } from './walk.ts';

/** Is what the lowering of statements needs besides. */
export interface StatementLowering extends Lowering {
  readonly whole: Whole;
  /** Puts a statement aside, and gives what stands for it. */
  readonly setAside: (statement: types.Statement) => types.Statement;
}

/** Lowers the statements of a block. */
export function lowerBlock(low: StatementLowering, statements: readonly types.Statement[]): types.Statement[] {
  const { t } = low;
  const functions = statements.filter((statement) => t.isFunctionDeclaration(statement));
  const others = statements.filter((statement) => !t.isFunctionDeclaration(statement));
  return [
    ...functions.map((node) => assign(low, t.cloneNode(node.id!), t.toExpression(node), node)),
    ...others.flatMap((statement) => lowerStatement(low, statement)),
  ];
}

function assign({ t }: Lowering, to: types.LVal, value: types.Expression, node: types.Node): types.Statement {
  return like(node, t.expressionStatement(like(node, t.assignmentExpression('=', to, value))));
}

function block(low: StatementLowering, node: types.Statement): types.Statement {
  const statements = lowerStatement(low, node);
  return statements.length === 1 ? statements[0]! : like(node, low.t.blockStatement(statements));
}

function lowerStatement(low: StatementLowering, node: types.Statement): types.Statement[] {
  const { t } = low;
  const lower = (below: types.Expression): types.Expression => lowerExpression(low, below);
  if (low.whole.has(node) && !waits(t, node)) return [like(node, low.setAside(withoutVar(low, node)))];
  if (t.isVariableDeclaration(node)) {
    return declarationsOf(low, node).map(([to, value]) => assign(low, to, lower(value), node));
  }
  if (t.isBlockStatement(node)) return [like(node, t.blockStatement(lowerBlock(low, node.body)))];
  if (t.isExpressionStatement(node)) return [like(node, t.expressionStatement(lower(node.expression)))];
  if (t.isReturnStatement(node)) return [like(node, t.returnStatement(node.argument && lower(node.argument)))];
  if (t.isThrowStatement(node)) return [like(node, t.throwStatement(lower(node.argument)))];
  if (t.isIfStatement(node)) {
    const otherwise = node.alternate && block(low, node.alternate);
    return [like(node, t.ifStatement(lower(node.test), block(low, node.consequent), otherwise))];
  }
  if (t.isWhileStatement(node)) return [like(node, t.whileStatement(lower(node.test), block(low, node.body)))];
  if (t.isDoWhileStatement(node)) return [like(node, t.doWhileStatement(lower(node.test), block(low, node.body)))];
  if (t.isForStatement(node)) return [lowerFor(low, node)];
  if (t.isForOfStatement(node)) return lowerForOf(low, node, []);
  if (t.isLabeledStatement(node)) return lowerLabeled(low, node);
  if (t.isSwitchStatement(node)) return [lowerSwitch(low, node)];
  if (t.isTryStatement(node)) return [lowerTry(low, node)];
  if (t.isClassDeclaration(node)) {
    throw new Refusal('a class within a machine cannot be compiled; define it outside of the machine', node);
  }
  if (t.isForInStatement(node))
    throw new Refusal('for...in cannot jump to an outer statement: use for...of with Object.keys()', node);
  return [node]; // break, continue, debugger, nothing
}

/** Gives the assignments that a declaration makes. */
function declarationsOf({ t }: Lowering, node: types.VariableDeclaration): [types.LVal, types.Expression][] {
  return node.declarations.flatMap(({ id, init }): [types.LVal, types.Expression][] => {
    if (waits(t, id)) throw new Refusal('a pattern cannot be compiled with a wait inside: wait before it', id);
    if (init) return [[id as types.LVal, init]];
    return node.kind === 'var' ? [] : [[id as types.LVal, t.unaryExpression('void', t.numericLiteral(0))]];
  });
}

function lowerFor(low: StatementLowering, node: types.ForStatement): types.Statement {
  const { t } = low;
  const lower = (below: types.Expression | null | undefined): types.Expression | null =>
    below ? lowerExpression(low, below) : null;
  let init = node.init as types.Expression | null | undefined;
  if (t.isVariableDeclaration(node.init)) {
    const made = declarationsOf(low, node.init).map(([to, value]) => t.assignmentExpression('=', to, value));
    init = made.length === 0 ? null : t.sequenceExpression(made);
  }
  return like(node, t.forStatement(lower(init), lower(node.test), lower(node.update), block(low, node.body)));
}

/** Counts through an array, which can be kept, where an iterator could not. */
function lowerForOf(
  low: StatementLowering,
  node: types.ForOfStatement,
  labels: readonly types.Identifier[],
): types.Statement[] {
  const { t } = low;
  const labelled = (loop: types.Statement): types.Statement =>
    labels.reduceRight((inner, label) => t.labeledStatement(label, inner), loop);
  const list = low.newLocal('list');
  const before = assign(low, list, lowerExpression(low, node.right), node);
  if (!waits(t, node.body) && !jumpsOut(t, labelled(node))) {
    node.right = t.cloneNode(list);
    return [before, low.setAside(withoutVar(low, labelled(node)))];
  }
  const index = low.newLocal('index');
  const name = (one: types.Identifier): types.Identifier => t.cloneNode(one);
  const length = t.memberExpression(name(list), t.identifier('length'));
  const item = t.memberExpression(name(list), name(index), true);
  const to = t.isVariableDeclaration(node.left) ? (node.left.declarations[0]!.id as types.LVal) : node.left;
  const body = t.blockStatement([assign(low, to, item, node.left), ...lowerStatement(low, node.body)]);
  const loop = t.forStatement(
    t.assignmentExpression('=', index, t.numericLiteral(0)),
    t.binaryExpression('<', name(index), length),
    t.updateExpression('++', name(index)),
    body,
  );
  const isArray = t.callExpression(t.memberExpression(t.identifier('Array'), t.identifier('isArray')), [name(list)]);
  const message = 'a machine waits in for...of over arrays only: an iterator cannot be kept in its frame';
  const refuse = t.throwStatement(t.newExpression(t.identifier('TypeError'), [t.stringLiteral(message)]));
  const check = low.setAside(t.ifStatement(t.unaryExpression('!', isArray), refuse));
  return [before, check, labelled(like(node, loop))];
}

function lowerLabeled(low: StatementLowering, node: types.LabeledStatement): types.Statement[] {
  const { t } = low;
  const labels: types.Identifier[] = [];
  let body: types.Statement = node;
  for (; t.isLabeledStatement(body); body = body.body) labels.push(body.label);
  if (t.isForOfStatement(body)) return lowerForOf(low, body, labels);
  return [like(node, t.labeledStatement(node.label, block(low, node.body)))];
}

function lowerSwitch(low: StatementLowering, node: types.SwitchStatement): types.Statement {
  const { t } = low;
  const cases = node.cases.map((one) =>
    like(one, t.switchCase(one.test ? lowerExpression(low, one.test) : null, lowerBlock(low, one.consequent))),
  );
  return like(node, t.switchStatement(lowerExpression(low, node.discriminant), cases));
}

function lowerTry(low: StatementLowering, node: types.TryStatement): types.Statement {
  const { t } = low;
  const body = (of: types.BlockStatement): types.BlockStatement => like(of, t.blockStatement(lowerBlock(low, of.body)));
  const { handler, finalizer } = node;
  let lowered: types.CatchClause | null = null;
  if (handler) {
    const caught = low.newLocal('caught');
    const statements = lowerBlock(low, handler.body.body);
    if (waits(t, handler.param))
      throw new Refusal('a pattern cannot be compiled with a wait inside: wait behind it', handler);
    if (handler.param) statements.unshift(assign(low, handler.param, t.cloneNode(caught), handler));
    lowered = like(handler, t.catchClause(caught, like(handler.body, t.blockStatement(statements))));
  }
  return like(node, t.tryStatement(body(node.block), lowered, finalizer && body(finalizer)));
}

/** Makes assignments of the `var` within a statement, which the whole function knows. */
function withoutVar(low: Lowering, statement: types.Statement): types.Statement {
  const { t } = low;
  const outer = t.blockStatement([statement]);
  replaceBelow(t, outer, (node) => {
    if (t.isFunction(node)) return node;
    if ((t.isForOfStatement(node) || t.isForInStatement(node)) && t.isVariableDeclaration(node.left, { kind: 'var' })) {
      node.left = node.left.declarations[0]!.id as types.LVal;
    } else if (t.isForStatement(node) && t.isVariableDeclaration(node.init, { kind: 'var' })) {
      const made = declarationsOf(low, node.init).map(([to, value]) => t.assignmentExpression('=', to, value));
      node.init = made.length === 0 ? null : t.sequenceExpression(made);
    } else if (t.isVariableDeclaration(node, { kind: 'var' })) {
      const made = declarationsOf(low, node).map(([to, value]) => assign(low, to, value, node));
      return made.length === 1 ? made[0] : t.blockStatement(made);
    }
    return undefined;
  });
  return outer.body[0]!;
}
