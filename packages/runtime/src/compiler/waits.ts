// The waits that a machine may have, as they are written: `yield* cx.join(child)`. Whatever else is yielded is refused,
// and so is a wait that stands elsewhere, or that is handed about.

import type { NodePath, types } from '@babel/core';
import type { Types } from './babel.ts';
import { Refusal } from './errors.ts';

/** Names the waits. */
export type WaitKind = 'join' | 'sleep' | 'sleepUntil' | 'until' | 'yieldNow';

const KINDS: ReadonlySet<string> = new Set<WaitKind>(['join', 'sleep', 'sleepUntil', 'until', 'yieldNow']);

/** Is what stands behind a `yield*` that waits. */
export interface Wait {
  readonly kind: WaitKind;
  /** What is waited for; a time, a condition. */
  readonly operand: types.Expression | undefined;
}

/** Tells whether a wait looks at an operand that is computed before, and kept; a condition is looked at in place. */
export function keepsOperand({ kind }: Pick<Wait, 'kind'>): boolean {
  return kind !== 'until' && kind !== 'yieldNow';
}

const TAKES =
  'a machine waits by yield* cx.join(child), cx.sleep(ms), cx.sleepUntil(time), cx.until(condition) or cx.yieldNow()';

/** Reads a `yield` of a machine whose context has that name. */
export function waitOf(t: Types, node: types.YieldExpression, cx: string): Wait {
  if (!node.delegate) throw new Refusal(`${TAKES}; a yield without the asterisk is nothing to wait for`, node);
  const call = node.argument;
  const callee = t.isCallExpression(call) ? call.callee : undefined;
  const isWait =
    t.isMemberExpression(callee) &&
    !callee.computed &&
    t.isIdentifier(callee.object, { name: cx }) &&
    t.isIdentifier(callee.property) &&
    KINDS.has(callee.property.name);
  if (!isWait) throw new Refusal(`${TAKES}, and nothing else; another generator cannot be kept in a frame`, node);
  const kind = (callee.property as types.Identifier).name as WaitKind;
  const args = (call as types.CallExpression).arguments;
  const takes = kind === 'yieldNow' ? 0 : 1;
  const [operand] = args;
  if (args.length !== takes || (operand !== undefined && !t.isExpression(operand))) {
    throw new Refusal(`cx.${kind}() takes ${takes === 0 ? 'no argument' : 'one argument'}`, call as types.Node);
  }
  if (kind === 'until') requireCondition(t, operand!);
  return { kind, operand };
}

/** The condition is looked at at each poll, and so must be the same function each time. */
function requireCondition(t: Types, condition: types.Node): void {
  let named = condition;
  while (t.isMemberExpression(named) && !named.computed) named = named.object;
  const isWritten = t.isArrowFunctionExpression(condition) || t.isFunctionExpression(condition);
  if (t.isIdentifier(named) || (isWritten && !condition.async && !condition.generator)) return;
  throw new Refusal(
    'cx.until() takes a function that is written there, or the name of one, and that is not async',
    condition,
  );
}

/** Refuses a context that is used for anything but calls of its methods, and waits that do not stand behind `yield*`. */
export function checkUses(t: Types, fn: NodePath<types.FunctionExpression>, cx: string): void {
  const binding = fn.scope.getBinding(cx)!;
  const [assigned] = binding.constantViolations;
  if (assigned !== undefined)
    throw new Refusal(`${cx} is another thing at each poll, and cannot be assigned to`, assigned.node);
  for (const use of binding.referencePaths) {
    const member = use.parent;
    if (!t.isMemberExpression(member) || member.object !== use.node) {
      throw new Refusal(
        `${cx} is another thing at each poll: use it here, as in ${cx}.spawn(task), and do not hand it on`,
        use.node,
      );
    }
    const method = !member.computed && t.isIdentifier(member.property) ? member.property.name : '';
    if (!KINDS.has(method)) continue;
    const call = use.parentPath!.parentPath!;
    const waiting = call.parentPath;
    const isWait =
      call.isCallExpression() &&
      call.node.callee === member &&
      waiting?.isYieldExpression() === true &&
      waiting.node.delegate &&
      waiting.getFunctionParent() === fn;
    if (!isWait) throw new Refusal(`${cx}.${method}() must stand right behind yield*, in the machine itself`, member);
  }
}
