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
  /** The blocks that it may jump to. */
  readonly next: Set<number>;
}

/** Is a block of a compiled machine. */
export interface Block {
  readonly label: number;
  readonly steps: readonly Step[];
  /** What is polled here, after the statements. */
  readonly wait: Marked | undefined;
  /** The blocks that its end may lead to. */
  readonly next: Set<number>;
  /** The blocks that an exception leads to, from anywhere in this one. */
  readonly onThrow: Set<number>;
}

/** Is what was put aside while the machine was taken apart. */
export interface Aside {
  readonly waits: ReadonlyMap<string, Marked>;
  readonly statements: ReadonlyMap<string, types.Statement>;
}

/** Makes the blocks of what was taken apart. */
export function makeBlocks(t: Types, apart: Apart, aside: Aside, names: Names): Block[] {
  const blocks: Block[] = [];
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

function newBlock(label: number, statements: readonly types.Statement[], wait: Marked | undefined): Block {
  const steps = statements.map((statement) => ({ statement, next: new Set<number>() }));
  return { label, steps, wait, next: new Set(), onThrow: new Set() };
}

function markOf(t: Types, node: types.Statement, { waits }: Aside): Marked | undefined {
  if (!t.isReturnStatement(node) || !t.isCallExpression(node.argument)) return undefined;
  return t.isIdentifier(node.argument.callee) ? waits.get(node.argument.callee.name) : undefined;
}

/** Tells whether a place is where a try statement with a finally block may be left. */
const isGuarded = ([first, , final, after]: Region, place: number): boolean =>
  final !== null && first <= place && place < (after ?? Infinity);

/** Writes blocks with variables in place of regenerator's context, and notes where they lead. */
class Rewriting {
  readonly #t: Types;
  readonly #apart: Apart;
  readonly #aside: Aside;
  readonly #names: Names;
  /** What each variable is set to: a switch goes by one of regenerator's. */
  readonly #values = new Map<string, types.Expression[]>();
  /** Where the jumps stand, and where they lead. */
  readonly #jumps: { readonly places: readonly number[]; readonly target: number }[] = [];

  constructor(t: Types, apart: Apart, aside: Aside, names: Names, blocks: readonly Block[]) {
    this.#t = t;
    this.#apart = apart;
    this.#aside = aside;
    this.#names = names;
    for (const block of blocks) {
      const places = this.#placesOf(block);
      for (const { statement } of block.steps) this.#prepare(statement, places);
    }
  }

  #prepare(node: types.Node, places: readonly number[]): void {
    const t = this.#t;
    if (t.isCallExpression(node) && this.#contextField(node.callee) === 'a') {
      const [how, target] = node.arguments as [types.NumericLiteral, types.NumericLiteral];
      if (how.value === LEFT.jumps) this.#jumps.push({ places, target: target.value });
    }
    if (t.isAssignmentExpression(node) && t.isIdentifier(node.left)) {
      const values = this.#values.get(node.left.name) ?? [];
      this.#values.set(node.left.name, values);
      values.push(node.right);
    }
    for (const child of childrenOf(t, node)) this.#prepare(child, places);
  }

  rewrite(block: Block, following: Block | undefined): void {
    const t = this.#t;
    const places = this.#placesOf(block);
    const guards = this.#apart.regions.filter((region) => places.some((place) => isGuarded(region, place)));
    for (const step of block.steps) {
      const wrapper = t.blockStatement([step.statement]);
      replaceBelow(t, wrapper, (node) => this.#rewritten(step, node, guards));
      step.statement = wrapper.body[0]!;
    }
    for (const [first, handler, final] of this.#apart.regions) {
      const isWithin = (end: number | null): boolean =>
        end !== null && places.some((place) => first <= place && place < end);
      if (isWithin(handler)) block.onThrow.add(handler!);
      if (isWithin(final)) block.onThrow.add(final!);
    }
    const last = block.steps.at(-1)?.statement;
    if (following !== undefined && (last === undefined || !endsHere(t, last))) block.next.add(following.label);
  }

  /** Lists where it is while the block runs, as the regions count it. */
  #placesOf({ label, steps }: Block): number[] {
    const places = [label < 0 ? -label - 1 : label];
    for (const { statement } of steps) {
      if (!this.#t.isExpressionStatement(statement) || !this.#t.isAssignmentExpression(statement.expression)) continue;
      const { left, right } = statement.expression;
      if (this.#contextField(left) === 'p') places.push((right as types.NumericLiteral).value);
    }
    return places;
  }

  #contextField(node: types.Node): string | undefined {
    const t = this.#t;
    const isField = t.isMemberExpression(node) && t.isIdentifier(node.object, { name: this.#apart.context });
    return isField && t.isIdentifier(node.property) ? node.property.name : undefined;
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
      if (field === 'a') return this.#leave(step, (args[0] as types.NumericLiteral).value, args[1], guards, node);
      if (field === 'f') return this.#leave(step, LEFT.finishes, args[0], guards, node);
    }
    if (t.isAssignmentExpression(node) && this.#contextField(node.left) === 'n') this.#noteNext(step, node.right);
    const { at, here, sent } = this.#names;
    const name = { n: at, p: here, v: sent }[this.#contextField(node) ?? ''];
    return name === undefined ? undefined : t.identifier(name);
  }

  /** Notes the blocks that a jump by this number may lead to. */
  #noteNext(step: Step, where: types.Expression, seen: Set<string> = new Set()): void {
    const t = this.#t;
    if (t.isNumericLiteral(where)) step.next.add(where.value);
    if (t.isConditionalExpression(where)) {
      this.#noteNext(step, where.consequent, seen);
      this.#noteNext(step, where.alternate, seen);
    }
    if (!t.isIdentifier(where) || seen.has(where.name)) return;
    seen.add(where.name);
    for (const value of this.#values.get(where.name) ?? []) this.#noteNext(step, value, seen);
  }

  /** Has a statement that was put aside return from the machine. */
  #withReturns(step: Step, statement: types.Statement, guards: readonly Region[]): types.Statement {
    const t = this.#t;
    const wrapper = t.blockStatement([statement]);
    replaceBelow(t, wrapper, (node) => {
      if (t.isFunction(node)) return node;
      if (!t.isReturnStatement(node)) return undefined;
      return this.#leave(step, LEFT.returns, node.argument ?? undefined, guards, node);
    });
    return wrapper.body[0]!;
  }

  #leave(
    step: Step,
    how: number,
    value: types.Expression | undefined,
    guards: readonly Region[],
    node: types.Node,
  ): types.Statement {
    const t = this.#t;
    const { at, left, value: name, attempt } = this.#names;
    const isJump = how === LEFT.jumps;
    if (value) this.#rewriteWithin(step, value);
    if (isJump) {
      const label = (value as types.NumericLiteral).value;
      step.next.add(label);
    }
    for (const [, , final] of guards) if (final !== null) step.next.add(final);
    if (how === LEFT.finishes) this.#noteFinish(step, (value as types.NumericLiteral).value);
    const isGuardedHere = guards.length > 0;
    const set = (variable: string, to: types.Expression): types.Statement =>
      t.expressionStatement(t.assignmentExpression('=', t.identifier(variable), to));
    if (!isGuardedHere && isJump) return t.blockStatement([set(at, value!), t.continueStatement()]);
    if (!isGuardedHere) return Object.assign(t.returnStatement(value && this.#whole(value)), { loc: node.loc });
    const nothing = t.unaryExpression('void', t.numericLiteral(0));
    return t.blockStatement([
      set(left, t.numericLiteral(how)),
      set(name, value ? this.#whole(value) : nothing),
      Object.assign(t.breakStatement(t.identifier(attempt)), { loc: node.loc }),
    ]);
  }

  /** A finally block goes on as it was entered: behind the try, or wherever a jump was to lead. */
  #noteFinish(step: Step, final: number): void {
    const region = this.#apart.regions.find((one) => one[2] === final)!;
    if (region[3] !== null) step.next.add(region[3]);
    for (const { places, target } of this.#jumps) {
      if (places.some((place) => isGuarded(region, place))) step.next.add(target);
    }
  }

  /** Replaces the context in an expression, in place. */
  #rewriteWithin(step: Step, value: types.Expression): void {
    replaceBelow(this.#t, value, (node) => this.#rewritten(step, node, []));
  }

  #whole(value: types.Expression): types.Expression {
    return this.#contextField(value) === 'v' ? this.#t.identifier(this.#names.sent) : value;
  }
}

/** Tells whether nothing comes after a statement. */
function endsHere(t: Types, node: types.Statement): boolean {
  if (!t.isBlockStatement(node)) return t.isCompletionStatement(node);
  const last = node.body.at(-1);
  return last !== undefined && endsHere(t, last);
}
