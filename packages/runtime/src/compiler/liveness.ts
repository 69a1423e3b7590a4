// Which variables live across each wait: those that something may read before it writes them. Found backwards over the
// blocks until nothing changes. Where it cannot be told, a variable lives.

import type { types } from '@babel/core';
import type { Types } from './babel.ts';
import type { Block } from './blocks.ts';
import { childrenOf } from './walk.ts';

/** Finds the variables that live when each block begins, by the labels of the blocks. */
export function findLiving(
  t: Types,
  blocks: readonly Block[],
  variables: ReadonlySet<string>,
): ReadonlyMap<number, ReadonlySet<string>> {
  const usesOf = new Map(
    blocks.map((block) => [block, block.steps.map((step) => new Uses(t, variables).of(step.statement))]),
  );
  const living = new Map(blocks.map(({ label }) => [label, new Set<string>()]));
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const block of blocks.toReversed()) {
      const live = union(living, block.next);
      if (block.wait?.kind === 'until') addAll(live, new Uses(t, variables).of(block.wait.operand!).read);
      const uses = usesOf.get(block)!;
      for (let i = uses.length - 1; i >= 0; i--) {
        for (const name of uses[i]!.written) live.delete(name);
        addAll(live, uses[i]!.read);
        addAll(live, union(living, block.steps[i]!.next));
      }
      const before = living.get(block.label)!;
      hasChanged ||= live.size > before.size;
      addAll(before, live);
    }
  }
  return living;
}

function addAll(set: Set<string>, names: ReadonlySet<string>): void {
  for (const name of names) set.add(name);
}

function union(living: ReadonlyMap<number, ReadonlySet<string>>, labels: ReadonlySet<number>): Set<string> {
  const all = new Set<string>();
  for (const label of labels) addAll(all, living.get(label)!);
  return all;
}

/** Collects what one statement reads before it writes it, and what it is sure to write. */
class Uses {
  readonly read = new Set<string>();
  readonly written = new Set<string>();
  readonly #t: Types;
  readonly #variables: ReadonlySet<string>;

  constructor(t: Types, variables: ReadonlySet<string>) {
    this.#t = t;
    this.#variables = variables;
  }

  of(node: types.Node): this {
    this.#node(node, true);
    return this;
  }

  /** Looks at a node in the order in which it is evaluated; `isSure` tells that it is, whenever the block is. */
  #node(node: types.Node, isSure: boolean): void {
    const t = this.#t;
    if (t.isIdentifier(node)) return this.#reads(node.name);
    if (t.isAssignmentExpression(node)) return this.#assignment(node, isSure);
    if (t.isMemberExpression(node) || t.isOptionalMemberExpression(node)) {
      this.#node(node.object, isSure);
      if (node.computed) this.#node(node.property, isSure);
    } else if (t.isObjectProperty(node)) {
      if (node.computed) this.#node(node.key, isSure);
      this.#node(node.value, isSure);
    } else {
      const isStraight = t.isExpressionStatement(node) || t.isSequenceExpression(node);
      const isPlain = t.isBinaryExpression(node) || t.isCallExpression(node) || t.isReturnStatement(node);
      for (const child of childrenOf(t, node)) this.#node(child, isSure && (isStraight || isPlain));
    }
  }

  #assignment({ operator, left, right }: types.AssignmentExpression, isSure: boolean): void {
    const t = this.#t;
    if (t.isIdentifier(left)) {
      if (operator !== '=') this.#reads(left.name);
      this.#node(right, isSure && !/[&|?]{2}/.test(operator));
      if (isSure) this.written.add(left.name);
    } else if (t.isMemberExpression(left)) {
      this.#node(left, isSure);
      this.#node(right, isSure);
    } else {
      this.#node(right, isSure);
      const bound = t.getOuterBindingIdentifiers(left);
      this.#pattern(left, new Set(Object.values(bound)));
      if (isSure) for (const name of Object.keys(bound)) this.written.add(name);
    }
  }

  /** Looks at what a pattern computes. */
  #pattern(node: types.Node, bound: ReadonlySet<types.Node>): void {
    const t = this.#t;
    if (bound.has(node)) return;
    if (t.isIdentifier(node)) this.#reads(node.name);
    else if (t.isObjectProperty(node)) {
      if (node.computed) this.#pattern(node.key, bound);
      this.#pattern(node.value, bound);
    } else if (t.isMemberExpression(node)) this.#node(node, false);
    else for (const child of childrenOf(t, node)) this.#pattern(child, bound);
  }

  #reads(name: string): void {
    if (this.#variables.has(name) && !this.written.has(name)) this.read.add(name);
  }
}
