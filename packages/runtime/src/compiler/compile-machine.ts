// Compiles one machine, from the generator function to { frame, begin, poll }.

import type { NodePath, types } from '@babel/core';
import type { Tools } from './babel.ts';
import { makeBlocks, type Marked } from './blocks.ts';
import { findCaptures } from './captures.ts';
import { checkBody } from './check.ts';
import { emitProgram } from './emit.ts';
import { Refusal } from './errors.ts';
import { findLiving } from './liveness.ts';
import { shareFields } from './fields.ts';
import { findLocals, findWhole } from './locals.ts';
import { lowerBlock, type StatementLowering } from './lower-statements.ts';
import { newNames } from './names.ts';
import { takeApart } from './take-apart.ts';
import { checkUses, keepsOperand } from './waits.ts';
import { replaceBelow } from './walk.ts';

/**
 * Compiles a generator function; `pending` is how the module names `Pending`.
 *
 * @throws {Refusal} on what cannot be compiled
 */
export function compileMachine(
  tools: Tools,
  fn: NodePath<types.FunctionExpression>,
  pending: string,
): types.ObjectExpression {
  const { types: t, template } = tools.babel;
  const cx = contextOf(tools, fn);
  checkBody(t, fn);
  checkUses(t, fn, cx);
  const whole = findWhole(t, fn.node.body);
  const locals = findLocals(t, fn, whole);
  locals.delete(cx);
  const captures = findCaptures(t, fn, locals);

  const variables = new Set(locals.keys());
  const waits = new Map<string, Marked>();
  const statements = new Map<string, types.Statement>();
  const put = <Value>(map: Map<string, Value>, base: string, value: Value): types.Identifier => {
    const name = fn.scope.generateUid(base);
    map.set(name, value);
    return t.identifier(name);
  };
  const newLocal = (base: string): types.Identifier => {
    const name = fn.scope.generateUid(base);
    variables.add(name);
    return t.identifier(name);
  };
  const lowering: StatementLowering = {
    t,
    cx,
    whole,
    newLocal,
    newLabel: (base) => t.identifier(fn.scope.generateUid(base)),
    isLocal: (name) => variables.has(name),
    isConstant: (name) =>
      variables.has(name) ? locals.get(name)?.isConstant === true : (fn.scope.getBinding(name)?.constant ?? true),
    mark: (wait, node) => {
      const mark = put(waits, 'mark', { ...wait, node });
      const kept = keepsOperand(wait) ? [operandOf(tools, cx, wait)] : [];
      return Object.assign(t.yieldExpression(t.callExpression(mark, kept)), { loc: node.loc });
    },
    setAside: (statement) => t.expressionStatement(put(statements, 'aside', statement)),
  };
  const params = fn.node.params.slice(1);
  const begun = Object.keys(t.getBindingIdentifiers(t.arrayPattern(params)));
  const vars = [...locals].filter(([name, { isVar }]) => isVar && !begun.includes(name)).map(([name]) => name);
  const body = [
    ...vars.map((name) => t.expressionStatement(t.assignmentExpression('=', t.identifier(name), undefinedNode(tools)))),
    ...lowerBlock(lowering, fn.node.body.body),
  ];

  const names = newNames(fn, pending);
  const apart = takeApart(tools, t.blockStatement(body));
  const renamed = new Map(apart.temporaries.map((name) => [name, newLocal('value').name]));
  for (const { statements: list } of apart.blocks) {
    replaceBelow(t, t.blockStatement(list), (node) => {
      const name = t.isIdentifier(node) ? renamed.get(node.name) : undefined;
      return name === undefined ? undefined : t.identifier(name);
    });
  }
  const blocks = makeBlocks(t, apart, { waits, statements }, names);
  const living = findLiving(t, blocks, variables);
  const across = new Map<string, Marked>();
  for (const { label, wait } of blocks) {
    if (wait !== undefined) for (const name of living.get(label)!) across.set(name, across.get(name) ?? wait);
  }
  for (const [name, wait] of across) {
    const local = locals.get(name);
    if (local?.unkeepable === undefined) continue;
    const line = wait.node.loc!.start.line;
    throw new Refusal(`${name} lives across the wait in line ${line}, and is ${local.unkeepable}`, local.node);
  }
  for (const { name, node } of captures) {
    if (!across.has(name)) continue;
    throw new Refusal(
      `${name} lives across a wait, and is assigned to: a function that refers to it would see an old value; give it a const`,
      node,
    );
  }
  const first = living.get(0)!;
  const together = blocks.filter(({ wait }) => wait !== undefined).map(({ label }) => living.get(label)!);
  const atFirst = new Set(begun.filter((name) => first.has(name)));
  const kept = [...variables].filter((name) => across.has(name) || atFirst.has(name));
  return emitProgram(t, (code) => template.statements(code, { placeholderPattern: false })(), {
    params,
    begun: [...atFirst],
    fields: shareFields(kept, [...together, atFirst], (name) => locals.has(name)),
    others: [...variables].filter((name) => !kept.includes(name)),
    cx,
    blocks,
    regions: apart.regions,
    names,
    living,
  });
}

function contextOf({ babel: { types: t } }: Tools, fn: NodePath<types.FunctionExpression>): string {
  const [first] = fn.node.params;
  if (first === undefined) {
    const name = fn.scope.generateUid('cx');
    fn.node.params.push(t.identifier(name));
    fn.scope.crawl();
    return name;
  }
  if (t.isIdentifier(first)) return first.name;
  throw new Refusal('the first parameter of a machine is its context, and must be a name', first);
}

function operandOf(
  { babel: { types: t } }: Tools,
  cx: string,
  { kind, operand }: Omit<Marked, 'node'>,
): types.Expression {
  if (kind !== 'sleep') return operand!;
  const now = t.callExpression(t.memberExpression(t.identifier(cx), t.identifier('now')), []);
  return t.binaryExpression('+', now, operand!);
}

function undefinedNode({ babel: { types: t } }: Tools): types.Expression {
  return t.unaryExpression('void', t.numericLiteral(0));
}
