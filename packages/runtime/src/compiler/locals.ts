// The locals of a machine: which there are, and what is known about them before anything is moved. All that are not
// within a statement without waits get a name of their own, since they will be variables of one function.

import type { NodePath, types } from '@babel/core';
import type { Types } from './babel.ts';
import { Refusal } from './errors.ts';
import { jumpsOut, waits } from './walk.ts';

type Binding = NonNullable<ReturnType<NodePath['scope']['getBinding']>>;
type Scope = NodePath['scope'];

/** Is a local of the machine. */
export interface Local {
  readonly node: types.Node;
  /** Whether it gets its value once, where it is declared. */
  readonly isConstant: boolean;
  /** Whether it is undefined until it gets a value, wherever that is. */
  readonly isVar: boolean;
  /** Whether it is declared anew in each turn of a loop. */
  readonly isInLoop: boolean;
  /** Says why it cannot be kept over a wait, where that is known. */
  readonly unkeepable: string | undefined;
}

/**
 * The statements that stay as they are, since they neither wait nor jump to elsewhere; or that wait at most for what a
 * loop iterates, and jump at most out of a loop that has an iterator, which nothing could keep.
 */
export type Whole = ReadonlySet<types.Node>;

/** Finds the largest statements that can stay as they are. */
export function findWhole(t: Types, body: types.BlockStatement): Whole {
  const whole = new Set<types.Node>();
  const look = (statement: types.Statement | null | undefined): void => {
    if (!statement) return;
    const isCompound = t.isBlockStatement(statement) || t.isLoop(statement) || t.isLabeledStatement(statement);
    const isOther = t.isIfStatement(statement) || t.isSwitchStatement(statement) || t.isTryStatement(statement);
    if (!isCompound && !isOther) return;
    if (!waits(t, withoutList(t, statement)) && (iterates(t, statement) || !jumpsOut(t, statement)))
      whole.add(statement);
    else if (t.isBlockStatement(statement)) statement.body.forEach(look);
    else if (t.isIfStatement(statement)) [statement.consequent, statement.alternate].forEach(look);
    else if (t.isSwitchStatement(statement)) statement.cases.forEach((one) => one.consequent.forEach(look));
    else if (t.isTryStatement(statement)) {
      for (const block of [statement.block, statement.handler?.body, statement.finalizer]) block?.body.forEach(look);
    } else look(statement.body);
  };
  body.body.forEach(look);
  return whole;
}

/** Tells whether a statement is a loop that has an iterator; only labels lead out of it. */
function iterates(t: Types, statement: types.Statement): boolean {
  if (t.isLabeledStatement(statement)) return iterates(t, statement.body);
  return t.isForXStatement(statement);
}

/** Gives what of a statement must not wait: what a loop iterates is computed before it. */
function withoutList(t: Types, statement: types.Statement): types.Statement {
  if (t.isLabeledStatement(statement)) return withoutList(t, statement.body);
  return t.isForXStatement(statement) ? statement.body : statement;
}

/** Finds the locals, by the names they have from now on. */
export function findLocals(t: Types, fn: NodePath<types.FunctionExpression>, whole: Whole): Map<string, Local> {
  const scopes = new Set<Scope>([fn.scope]);
  fn.traverse({
    Function: (path) => path.skip(),
    Statement(path) {
      if (whole.has(path.node)) path.skip();
      else scopes.add(path.scope);
    },
    CatchClause: (path) => void scopes.add(path.scope),
  });
  const locals = new Map<string, Local>();
  const globals = (fn.scope.getProgramParent() as unknown as { globals: Readonly<Record<string, unknown>> }).globals;
  for (const scope of scopes) {
    for (const [own, binding] of Object.entries(scope.bindings)) {
      if ((binding.kind as string) === 'local') continue; // the function's own name
      const isTaken = locals.has(own) || (scope !== fn.scope && (fn.scope.parent.hasBinding(own) || own in globals));
      const name = isTaken ? scope.generateUid(own) : own;
      if (isTaken) scope.rename(own, name);
      locals.set(name, describeLocal(t, fn, binding));
    }
  }
  // What shadows one of them within gets another name, so that names alone tell what is meant.
  fn.traverse({
    Scopable({ scope }) {
      if (scopes.has(scope)) return;
      for (const name of Object.keys(scope.bindings)) if (locals.has(name)) scope.rename(name, scope.generateUid(name));
    },
  });
  return locals;
}

function describeLocal(t: Types, fn: NodePath, binding: Binding): Local {
  const { path, kind } = binding;
  if (kind === 'const' && !binding.constant) {
    throw new Refusal(
      `${binding.identifier.name} is a constant, and cannot be assigned to`,
      binding.constantViolations[0]!.node,
    );
  }
  const loop = path.findParent((above) => above === fn || above.isLoop());
  const isDeclaredOnce = kind !== 'var' || binding.constantViolations.every((other) => !other.isVariableDeclarator());
  return {
    node: binding.identifier,
    isConstant: binding.constant && isDeclaredOnce && !(kind === 'var' && loop !== fn),
    isVar: kind === 'var',
    isInLoop: loop !== fn,
    unkeepable: whyUnkeepable(t, path),
  };
}

/** The classes of the platform whose instances a frame may take, if there is room. */
const KEEPABLE = new Set(['Array', 'ArrayBuffer', 'Date', 'Map', 'Object', 'RegExp', 'Set']);

function whyUnkeepable(t: Types, path: NodePath): string | undefined {
  if (path.isCatchClause() && t.isIdentifier(path.node.param))
    return 'what was caught, since an error with its stack takes more room than a frame has';
  if (path.isFunction() || path.isClass()) return 'a function';
  if (!path.isVariableDeclarator() || !t.isIdentifier(path.node.id)) return undefined;
  const { init } = path.node;
  if (t.isFunction(init) || t.isClass(init)) return 'a function';
  if (!t.isNewExpression(init) || !t.isIdentifier(init.callee)) return undefined;
  const { name } = init.callee;
  const isPlatform = !path.scope.hasBinding(name, true);
  if (isPlatform && (KEEPABLE.has(name) || /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$|^DataView$/.test(name)))
    return undefined;
  return `an instance of ${name}, which is no plain data`;
}
