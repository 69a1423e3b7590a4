// Jumps out of a loop that is put aside: regenerator, which does not see into it, could not find where they lead. So the
// loop ends there, and tells by a number which of them is to be made behind it:
//
//   jump = 0; all: { to: { for (...) { ... break to; ... } break all; } jump = 1; break all; } if (jump === 1) continue outer;
//
// The number is set behind the loop, since a finally block within may overrule a jump.

import type { types } from '@babel/core';
import type { Types } from './babel.ts';
import { replaceBelow } from './walk.ts';

/** Is what it takes to tell. */
export interface Tells {
  readonly t: Types;
  readonly newLocal: (base: string) => types.Identifier;
  readonly newLabel: (base: string) => types.Identifier;
}

/** Is a statement that jumps nowhere else, with what is to be done before and behind it. */
export interface Told {
  readonly before: types.Statement[];
  readonly statement: types.Statement;
  readonly after: types.Statement[];
}

/** Has a statement tell where it would jump. */
export function tellJumps({ t, newLocal, newLabel }: Tells, statement: types.Statement): Told {
  const own = new Set<string>();
  const jumps = new Map<string, { readonly to: types.Identifier; readonly jump: types.Statement }>();
  const outer = t.blockStatement([statement]);
  replaceBelow(t, outer, (node) => {
    if (t.isFunction(node)) return node;
    if (t.isLabeledStatement(node)) own.add(node.label.name);
    if (!t.isBreakStatement(node) && !t.isContinueStatement(node)) return undefined;
    if (!node.label || own.has(node.label.name)) return undefined;
    const key = `${node.type} ${node.label.name}`;
    const known = jumps.get(key) ?? { to: newLabel('to'), jump: node };
    jumps.set(key, known);
    return t.breakStatement(t.cloneNode(known.to));
  });
  if (jumps.size === 0) return { before: [], statement, after: [] };
  const [all, number] = [newLabel('all'), newLocal('jump')];
  const set = (value: number): types.Statement =>
    t.expressionStatement(t.assignmentExpression('=', t.cloneNode(number), t.numericLiteral(value)));
  const end = (): types.Statement => t.breakStatement(t.cloneNode(all));
  let inner = [...outer.body, end()];
  [...jumps.values()].forEach(({ to }, i) => {
    inner = [t.labeledStatement(to, t.blockStatement(inner)), set(i + 1), end()];
  });
  const after = [...jumps.values()].map(({ jump }, i) =>
    t.ifStatement(t.binaryExpression('===', t.cloneNode(number), t.numericLiteral(i + 1)), jump),
  );
  return { before: [set(0)], statement: t.labeledStatement(all, t.blockStatement(inner)), after };
}
