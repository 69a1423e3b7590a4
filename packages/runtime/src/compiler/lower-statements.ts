// Makes statements with waits such that regenerator can take them apart: declarations become assignments, for...of over
// arrays counts, and what neither waits nor jumps to elsewhere is put aside, to stay as it is.

import type { types } from '@babel/core';
import { Refusal } from './errors.ts';
import { tellJumps } from './jumps.ts';
import type { Whole } from './locals.ts';
import { lowerExpression, type Lowering } from './lower-expressions.ts';
import { replaceBelow, waits } from './walk.ts';

/** Is what the lowering of statements needs besides. */
export interface StatementLowering extends Lowering {
  readonly whole: Whole;
  readonly newLabel: (base: string) => types.Identifier;
  /** Puts a statement aside, and gives what stands for it. */
  readonly setAside: (statement: types.Statement) => types.Statement;
}

/** Lowers the statements of a block. */
export function lowerBlock(low: StatementLowering, statements: readonly types.Statement[]): types.Statement[] {
  const { t } = low;
  const functions = statements.filter((statement) => t.isFunctionDeclaration(statement));
  const others = statements.filter((statement) => !t.isFunctionDeclaration(statement));
  return [
    ...functions.map((node) => assign(low, t.cloneNode(node.id!), t.toExpression(node))),
    ...others.flatMap((statement) => lowerStatement(low, statement)),
  ];
}

function assign({ t }: Lowering, to: types.LVal, value: types.Expression): types.Statement {
  return t.expressionStatement(t.assignmentExpression('=', to, value));
}

function block(low: StatementLowering, node: types.Statement): types.Statement {
  const statements = lowerStatement(low, node);
  return statements.length === 1 ? statements[0]! : low.t.blockStatement(statements);
}

/** Puts a statement aside; the jumps out of it stand behind it. */
function aside(low: StatementLowering, node: types.Statement): types.Statement[] {
  const { before, statement, after } = tellJumps(low, withoutVar(low, node));
  return [...before, low.setAside(statement), ...after];
}

function lowerStatement(low: StatementLowering, node: types.Statement): types.Statement[] {
  const { t } = low;
  const lower = (below: types.Expression): types.Expression => lowerExpression(low, below);
  if (low.whole.has(node) && !waits(t, node)) return aside(low, node);
  if (t.isVariableDeclaration(node)) {
    return declarationsOf(low, node).map(([to, value]) => assign(low, to, lower(value)));
  }
  if (t.isBlockStatement(node)) return [t.blockStatement(lowerBlock(low, node.body))];
  if (t.isExpressionStatement(node)) return [t.expressionStatement(lower(node.expression))];
  if (t.isReturnStatement(node)) return [t.returnStatement(node.argument && lower(node.argument))];
  if (t.isThrowStatement(node)) return [t.throwStatement(lower(node.argument))];
  if (t.isIfStatement(node)) {
    const otherwise = node.alternate && block(low, node.alternate);
    return [t.ifStatement(lower(node.test), block(low, node.consequent), otherwise)];
  }
  if (t.isWhileStatement(node)) return [t.whileStatement(lower(node.test), block(low, node.body))];
  if (t.isDoWhileStatement(node)) return [t.doWhileStatement(lower(node.test), block(low, node.body))];
  if (t.isForStatement(node)) return [lowerFor(low, node)];
  if (t.isForXStatement(node)) return lowerForX(low, node, []);
  if (t.isLabeledStatement(node)) return lowerLabeled(low, node);
  if (t.isSwitchStatement(node)) return [lowerSwitch(low, node)];
  if (t.isTryStatement(node)) return [lowerTry(low, node)];
  if (t.isClassDeclaration(node)) {
    throw new Refusal('a class within a machine cannot be compiled; define it outside of the machine', node);
  }
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
  return t.forStatement(lower(init), lower(node.test), lower(node.update), block(low, node.body));
}

/** Counts through an array, which can be kept, where an iterator could not. A loop that does not wait stays as it is. */
function lowerForX(
  low: StatementLowering,
  node: types.ForXStatement,
  labels: readonly types.Identifier[],
): types.Statement[] {
  const { t } = low;
  const labelled = (loop: types.Statement): types.Statement =>
    labels.reduceRight((inner, label) => t.labeledStatement(label, inner), loop);
  const list = low.newLocal('list');
  const before = assign(low, list, lowerExpression(low, node.right));
  if (!waits(t, node.body)) {
    node.right = t.cloneNode(list);
    return [before, ...aside(low, labelled(node))];
  }
  const index = low.newLocal('index');
  const name = (one: types.Identifier): types.Identifier => t.cloneNode(one);
  const length = t.memberExpression(name(list), t.identifier('length'));
  const item = t.memberExpression(name(list), name(index), true);
  const to = t.isVariableDeclaration(node.left) ? (node.left.declarations[0]!.id as types.LVal) : node.left;
  const body = t.blockStatement([assign(low, to, item), ...lowerStatement(low, node.body)]);
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
  return [before, check, labelled(loop)];
}

function lowerLabeled(low: StatementLowering, node: types.LabeledStatement): types.Statement[] {
  const { t } = low;
  const labels: types.Identifier[] = [];
  let body: types.Statement = node;
  for (; t.isLabeledStatement(body); body = body.body) labels.push(body.label);
  if (t.isForXStatement(body)) return lowerForX(low, body, labels);
  return [t.labeledStatement(node.label, block(low, node.body))];
}

function lowerSwitch(low: StatementLowering, node: types.SwitchStatement): types.Statement {
  const { t } = low;
  const cases = node.cases.map((one) =>
    t.switchCase(one.test ? lowerExpression(low, one.test) : null, lowerBlock(low, one.consequent)),
  );
  return t.switchStatement(lowerExpression(low, node.discriminant), cases);
}

function lowerTry(low: StatementLowering, node: types.TryStatement): types.Statement {
  const { t } = low;
  const body = (of: types.BlockStatement): types.BlockStatement => t.blockStatement(lowerBlock(low, of.body));
  const { handler, finalizer } = node;
  let lowered: types.CatchClause | null = null;
  if (handler) {
    const caught = low.newLocal('caught');
    const statements = lowerBlock(low, handler.body.body);
    if (waits(t, handler.param))
      throw new Refusal('a pattern cannot be compiled with a wait inside: wait behind it', handler);
    if (handler.param) statements.unshift(assign(low, handler.param, t.cloneNode(caught)));
    lowered = t.catchClause(caught, t.blockStatement(statements));
  }
  return t.tryStatement(body(node.block), lowered, finalizer && body(finalizer));
}

/** Makes assignments of the `var` within a statement, which the whole function knows. */
function withoutVar(low: Lowering, statement: types.Statement): types.Statement {
  const { t } = low;
  const outer = t.blockStatement([statement]);
  replaceBelow(t, outer, (node) => {
    if (t.isFunction(node) || t.isStaticBlock(node)) return node; // with its own
    if ((t.isForOfStatement(node) || t.isForInStatement(node)) && t.isVariableDeclaration(node.left, { kind: 'var' })) {
      node.left = node.left.declarations[0]!.id as types.LVal;
    } else if (t.isForStatement(node) && t.isVariableDeclaration(node.init, { kind: 'var' })) {
      const made = declarationsOf(low, node.init).map(([to, value]) => t.assignmentExpression('=', to, value));
      node.init = made.length === 0 ? null : t.sequenceExpression(made);
    } else if (t.isVariableDeclaration(node, { kind: 'var' })) {
      const made = declarationsOf(low, node).map(([to, value]) => assign(low, to, value));
      return made.length === 1 ? made[0] : t.blockStatement(made);
    }
    return undefined;
  });
  return outer.body[0]!;
}
