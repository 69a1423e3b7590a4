// The blocks of a machine, with its waits in blocks of their own, and where each may lead to. A wait that goes on in
// block K is polled in block -K.

import type { types } from '@babel/core';
import type { Types } from './babel.ts';
import { LEFT, type Names } from './names.ts';
import type { Apart, Region } from './take-apart.ts';
import { childrenOf, replaceBelow } from './walk.ts';
import type { Wait } from './waits.ts';

/** A wait as it was marked. */
export interface Marked extends Wait {
  readonly node: types.YieldExpression;
}

/** Is a statement of a block, which may be left within it. */
export interface Step {
  statement: types.Statement;
  /** Where it is while the statement runs, as the regions count it. */
  readonly place: number;
  /** The blocks that it may jump or throw to. */
  readonly next: Set<number>;
}

/** Is a block of a compiled machine. */
export interface Block {
  readonly label: number;
  readonly steps: readonly Step[];
  /** What is polled here, after the statements. */
  readonly wait: Marked | undefined;
  /** The blocks that its end may lead to. A wait that fails leads to where the block behind it would. */
  readonly next: Set<number>;
}

/** Is what was put aside while the machine was taken apart. */
export interface Aside {
  readonly waits: ReadonlyMap<string, Marked>;
  readonly statements: ReadonlyMap<string, types.Statement>;
}

/** Makes the blocks of what was taken apart. */
export function makeBlocks(t: Types, apart: Apart, aside: Aside, names: Names): Block[] {
  const blocks: Block[] = [];
  const newBlock = (label: number, statements: readonly types.Statement[], wait: Marked | undefined): Block => ({
    label,
    steps: stepsOf(t, apart, label, statements),
    wait,
    next: new Set(),
  });
  for (const { label, statements } of apart.blocks) {
    const end = statements.findIndex((node) => markOf(t, node, aside) !== undefined);
    if (end < 0) {
      blocks.push(newBlock(label, statements, undefined));
      continue;
    }
    const call = (statements[end] as types.ReturnStatement).argument as types.CallExpression;
    const goesOn = (statements[end - 1] as types.ExpressionStatement).expression as types.AssignmentExpression;
    const resume = (goesOn.right as types.NumericLiteral).value;
    const before = statements.slice(0, end - 1);
    const [operand] = call.arguments as types.Expression[];
    if (operand) before.push(t.expressionStatement(t.assignmentExpression('=', t.identifier(names.wait), operand)));
    blocks.push(newBlock(label, before, undefined), newBlock(-resume, [], markOf(t, statements[end]!, aside)));
  }
  const rewriting = new Rewriting(t, apart, aside, names, blocks);
  blocks.forEach((block, i) => rewriting.rewrite(block, blocks[i + 1]));
  return blocks;
}

function stepsOf(t: Types, apart: Apart, label: number, statements: readonly types.Statement[]): Step[] {
  let place = label;
  return statements.map((statement) => {
    const { expression } = statement as Partial<types.ExpressionStatement>;
    const isPlace = t.isAssignmentExpression(expression) && contextField(t, apart, expression.left) === 'p';
    if (isPlace) place = (expression.right as types.NumericLiteral).value;
    return { statement, place, next: new Set() };
  });
}

function contextField(t: Types, { context }: Apart, node: types.Node): string | undefined {
  const isField = t.isMemberExpression(node) && t.isIdentifier(node.object, { name: context });
  return isField ? (node.property as types.Identifier).name : undefined;
}

function markOf(t: Types, node: types.Statement, { waits }: Aside): Marked | undefined {
  if (!t.isReturnStatement(node) || !t.isCallExpression(node.argument)) return undefined;
  return t.isIdentifier(node.argument.callee) ? waits.get(node.argument.callee.name) : undefined;
}

/** Tells whether a place is where a try statement with a finally block may be left. */
const isGuarded = ([first, , , after]: Region, place: number): boolean =>
  after !== null && first <= place && place < after;

/** Finds where an exception leads to. */
function catcherOf(regions: readonly Region[], place: number): number | undefined {
  for (const [first, handler, final] of regions) {
    if (first > place) continue;
    if (handler !== null && place < handler) return handler;
    if (final !== null && place < final) return final;
  }
  return undefined;
}

/** Writes blocks with variables in place of regenerator's context, and notes where they lead. */
class Rewriting {
  readonly #t: Types;
  readonly #apart: Apart;
  readonly #aside: Aside;
  readonly #names: Names;
  /** What each variable is set to: a switch goes by one of regenerator's. */
  readonly #values = new Map<string, types.Expression[]>();

  constructor(t: Types, apart: Apart, aside: Aside, names: Names, blocks: readonly Block[]) {
    this.#t = t;
    this.#apart = apart;
    this.#aside = aside;
    this.#names = names;
    for (const { steps } of blocks) for (const { statement } of steps) this.#noteValues(statement);
  }

  #noteValues(node: types.Node): void {
    const t = this.#t;
    if (t.isAssignmentExpression(node) && t.isIdentifier(node.left)) {
      const values = this.#values.get(node.left.name) ?? [];
      this.#values.set(node.left.name, values);
      values.push(node.right);
    }
    for (const child of childrenOf(t, node)) this.#noteValues(child);
  }

  rewrite(block: Block, following: Block | undefined): void {
    const t = this.#t;
    const { regions } = this.#apart;
    for (const step of block.steps) {
      const guards = regions.filter((region) => isGuarded(region, step.place));
      const wrapper = t.blockStatement([step.statement]);
      replaceBelow(t, wrapper, (node) => this.#rewritten(step, node, guards));
      step.statement = wrapper.body[0]!;
      const catcher = catcherOf(regions, step.place);
      if (catcher !== undefined) step.next.add(catcher);
    }
    const last = block.steps.at(-1)?.statement;
    if (following !== undefined && (last === undefined || !endsHere(t, last))) block.next.add(following.label);
  }

  #contextField(node: types.Node): string | undefined {
    return contextField(this.#t, this.#apart, node);
  }

  #rewritten(step: Step, node: types.Node, guards: readonly Region[]): types.Node | undefined {
    const t = this.#t;
    if (t.isExpressionStatement(node) && t.isIdentifier(node.expression)) {
      const statement = this.#aside.statements.get(node.expression.name);
      return statement && this.#withReturns(step, statement, guards);
    }
    if (t.isReturnStatement(node) && t.isCallExpression(node.argument)) {
      const field = this.#contextField(node.argument.callee);
      const args = node.argument.arguments as types.Expression[];
      if (field === 'a') return this.#leave(step, (args[0] as types.NumericLiteral).value, args[1], guards);
      if (field === 'f') return this.#leave(step, LEFT.finishes, args[0], guards);
    }
    if (t.isAssignmentExpression(node) && this.#contextField(node.left) === 'n') this.#noteNext(step, node.right);
    const { at, here, sent } = this.#names;
    const name = { n: at, p: here, v: sent }[this.#contextField(node) ?? ''];
    return name === undefined ? undefined : t.identifier(name);
  }

  /** Notes the blocks that a jump by this number may lead to. */
  #noteNext(step: Step, where: types.Expression): void {
    const t = this.#t;
    if (t.isNumericLiteral(where)) step.next.add(where.value);
    if (t.isConditionalExpression(where)) {
      this.#noteNext(step, where.consequent);
      this.#noteNext(step, where.alternate);
    }
    if (t.isIdentifier(where)) for (const value of this.#values.get(where.name)!) this.#noteNext(step, value);
  }

  /** Has a statement that was put aside return from the machine. */
  #withReturns(step: Step, statement: types.Statement, guards: readonly Region[]): types.Statement {
    const t = this.#t;
    const wrapper = t.blockStatement([statement]);
    replaceBelow(t, wrapper, (node) => {
      if (t.isFunction(node)) return node;
      if (!t.isReturnStatement(node)) return undefined;
      return this.#leave(step, LEFT.returns, node.argument ?? undefined, guards);
    });
    return wrapper.body[0]!;
  }

  #leave(step: Step, how: number, given: types.Expression | undefined, guards: readonly Region[]): types.Statement {
    const t = this.#t;
    const { at, left, value: name, attempt } = this.#names;
    const isJump = how === LEFT.jumps;
    const value = given && this.#rewrittenValue(step, given);
    // The finally blocks on the way are those that an error would come to.
    if (isJump) step.next.add((value as types.NumericLiteral).value);
    if (how === LEFT.finishes) {
      const [, , , after] = this.#apart.regions.find(([, , final]) => final === (value as types.NumericLiteral).value)!;
      step.next.add(after!);
    }
    const isGuardedHere = guards.length > 0;
    const set = (variable: string, to: types.Expression): types.Statement =>
      t.expressionStatement(t.assignmentExpression('=', t.identifier(variable), to));
    if (!isGuardedHere && isJump) return t.blockStatement([set(at, value!), t.continueStatement()]);
    if (!isGuardedHere) return t.returnStatement(value);
    const nothing = t.unaryExpression('void', t.numericLiteral(0));
    return t.blockStatement([
      set(left, t.numericLiteral(how)),
      set(name, value ?? nothing),
      t.breakStatement(t.identifier(attempt)),
    ]);
  }

  #rewrittenValue(step: Step, value: types.Expression): types.Expression {
    const wrapper = this.#t.expressionStatement(value);
    replaceBelow(this.#t, wrapper, (node) => this.#rewritten(step, node, []));
    return wrapper.expression;
  }
}

/** Tells whether nothing comes after a statement. */
function endsHere(t: Types, node: types.Statement): boolean {
  if (!t.isBlockStatement(node)) return t.isCompletionStatement(node);
  const last = node.body.at(-1);
  return last !== undefined && endsHere(t, last);
}
