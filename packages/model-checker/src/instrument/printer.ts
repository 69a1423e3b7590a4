// Prints a module again with its functions turned into generators, so that the scheduler can
// suspend them at every operation on shared memory. What needs no change is copied to the
// letter, and every line stays on its line: a stack trace, and the source map of whatever
// compiled the module before, remain right.
//
// What instrumented code calls is `$rt` (src/runtime/hooks.ts). A call that may have to be
// suspended returns its value, or a generator that computes it; `$rt.g` tells which:
//
//   f(a)   becomes   ($t=$rt.call(f,a),$rt.g?yield* $t:$t)

import type { CatchClause } from 'estree';
import { children, type FunctionNode, type Node } from './ast.ts';
import { printAssignment, printUpdate } from './assignments.ts';
import { printCall, printNew } from './calls.ts';
import { printChain } from './chains.ts';
import { printClass } from './classes.ts';
import { InstrumentationError } from './error.ts';
import { declarationName, printArrow, printFunctionDeclaration, printFunctionExpression } from './functions.ts';
import { printForOf, printLoop } from './loops.ts';
import { printElement, printProperty } from './members.ts';
import { printObject } from './objects.ts';
import { isLeaf, plainScope, temporary, type Scope } from './scope.ts';
import { declaresDisposable, printWithDisposal } from './using.ts';

/** Where a piece of code stands: its line, its column (both from 1), and the text of the line. */
export type Site = readonly [line: number, column: number, text: string];

/** Maps an offset of the code to where the author wrote it. */
export type Locate = (offset: number) => Site;

const NAMES_OF_PROMISES = new Set(['Promise']);

/** Prints one module. */
export class Printer {
  readonly code: string;
  /** The sites that the printed code refers to, by index. */
  readonly sites: Site[] = [];
  /** The property names whose reads and writes may run an accessor. */
  readonly properties: Set<string> = new Set();
  readonly #file: string;
  readonly #tag: string;
  readonly #locate: Locate;
  readonly #module: Scope = plainScope(new Map());
  #unique = 0;

  constructor(code: string, file: string, tag: string, locate: Locate) {
    this.code = code;
    this.#file = file;
    this.#tag = tag;
    this.#locate = locate;
  }

  /** Prints the whole module. */
  module(program: Node): string {
    return this.#print(program, this.#module);
  }

  /** Prints the variables that the printed module needs at its top. */
  declarations(): string {
    const { temporaries } = this.#module;
    return temporaries.length > 0 ? `let ${temporaries.join(',')};` : '';
  }

  /** Makes a name that no other module, and nothing else in this one, uses. */
  unique(prefix: string): string {
    return `$${prefix}_${this.#tag}_${this.#unique++}`;
  }

  /** Registers where a node stands, and prints its number. */
  site(node: Node): string {
    this.sites.push(this.#locate(node.start));
    return `$s+${this.sites.length - 1}`;
  }

  /** Stops: this cannot be instrumented. */
  fail(node: Node, what: string): never {
    const [line, column, text] = this.#locate(node.start);
    throw new InstrumentationError(what, this.#file, line, column, text);
  }

  source(node: Node): string {
    return this.code.slice(node.start, node.end);
  }

  /** Copies a node, with its children printed by `each`. */
  copy(node: Node, scope: Scope, each: (child: Node) => string = (child) => this.print(child, scope)): string {
    let printed = '';
    let position = node.start;
    for (const child of children(node)) {
      printed += this.code.slice(position, child.start) + each(child);
      position = child.end;
    }
    return printed + this.code.slice(position, node.end);
  }

  /** Prints a node on as many lines as it has in the source. */
  print(node: Node, scope: Scope): string {
    let printed = this.#print(node, scope);
    if (STATEMENTS.has(node.type) && !printed.endsWith(';')) printed += ';';
    const missing = lineBreaks(this.source(node)) - lineBreaks(printed);
    return missing > 0 ? printed + '\n'.repeat(missing) : printed;
  }

  /** Prints a statement of a block, with the semicolon that its author may have left to the parser. */
  statement(node: Node, scope: Scope): string {
    const printed = this.print(node, scope);
    const declares = node.type === 'VariableDeclaration' || node.type === 'ExportNamedDeclaration';
    return declares && !/[;}]\s*$/.test(printed) ? `${printed};` : printed;
  }

  /** Prints an expression where a comma would end it. */
  value(node: Node, scope: Scope): string {
    const printed = this.print(node, scope);
    return node.type === 'SequenceExpression' ? `(${printed})` : printed;
  }

  /** Prints an expression that something is to be applied to. */
  operand(node: Node, scope: Scope): string {
    const printed = this.print(node, scope);
    return /^(?:[\w$]+|this)$/.test(printed) ? printed : `(${printed})`;
  }

  /** Prints the arguments of a call, without parentheses. */
  args(list: readonly Node[], scope: Scope): string {
    return list
      .map((item) =>
        item.type === 'SpreadElement' ? `...$rt.spread(${this.value(item.argument, scope)})` : this.value(item, scope),
      )
      .join(',');
  }

  /** Prints a call of the runtime that may return a generator. */
  resume(scope: Scope, call: string): string {
    const t = temporary(scope, '$t');
    return `(${t}=${call},$rt.g?yield* ${t}:${t})`;
  }

  #print(node: Node, scope: Scope): string {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'MetaProperty':
        if (node.type === 'MetaProperty' && node.meta.name === 'new' && scope.suspendable)
          this.fail(node, 'new.target');
        return this.source(node);
      case 'ExportNamedDeclaration':
        return node.declaration === null || node.declaration === undefined
          ? this.source(node)
          : this.copy(node, scope);
      case 'FunctionDeclaration':
        return printFunctionDeclaration(this, node, scope);
      case 'FunctionExpression':
        return printFunctionExpression(this, node, scope);
      case 'ArrowFunctionExpression':
        return printArrow(this, node, scope);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return printClass(this, node, scope);
      case 'ObjectExpression':
        return printObject(this, node, scope);
      case 'LabeledStatement':
        switch (node.body.type) {
          case 'ForOfStatement':
            return printForOf(this, node.body, scope, `${node.label.name}:`);
          case 'WhileStatement':
          case 'DoWhileStatement':
          case 'ForStatement':
            return printLoop(this, node.body, scope, `${node.label.name}:`);
          default:
            return this.copy(node, scope);
        }
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        return printLoop(this, node, scope, '');
      case 'ForOfStatement':
        return printForOf(this, node, scope, '');
      case 'Program':
      case 'BlockStatement':
      case 'StaticBlock':
        return this.#block(node, scope);
      case 'SwitchCase':
        for (const statement of node.consequent)
          if (statement.type === 'FunctionDeclaration' || declaresDisposable(statement))
            this.fail(statement, 'a function or a disposable declared directly in a switch case');
        return this.copy(node, scope);
      case 'CatchClause':
        return this.#catch(node, scope);
      case 'CallExpression':
        return printCall(this, node, scope);
      case 'NewExpression':
        return printNew(this, node, scope);
      case 'ChainExpression':
        return printChain(this, node, scope);
      case 'MemberExpression':
        return node.computed ? printElement(this, node, scope) : printProperty(this, node, scope);
      case 'AssignmentExpression':
        return printAssignment(this, node, scope);
      case 'UpdateExpression':
        return printUpdate(this, node, scope);
      case 'UnaryExpression':
        if (node.operator === 'delete' && node.argument.type === 'MemberExpression') {
          const deleted = `delete ${this.copy(node.argument, scope)}`;
          return scope.suspendable ? `($rt.touch(),${deleted})` : deleted;
        }
        return this.copy(node, scope);
      case 'TaggedTemplateExpression':
        // The tag stays as it is, or it would lose its `this`.
        return this.copy(node, scope, (child) => (child === node.tag ? this.source(child) : this.print(child, scope)));
      case 'AwaitExpression':
        return scope.suspendable ? `(yield $rt.await(${this.value(node.argument, scope)}))` : this.copy(node, scope);
      case 'YieldExpression': {
        if (!scope.suspendable) return this.copy(node, scope);
        const given = node.argument === null || node.argument === undefined ? 'undefined' : this.value(node.argument, scope);
        return node.delegate ? `(yield* $rt.delegate(${given}))` : `(yield $rt.give(${given}))`;
      }
      case 'Identifier':
        if (node.name === 'arguments' && scope.arrow && scope.suspendable) return this.#outerArguments(node, scope);
        if (NAMES_OF_PROMISES.has(node.name) && !this.#isDeclared(scope, node.name)) return `$rt.${node.name}`;
        return node.name;
      case 'Property':
        // Only in patterns: `{ a = f() }` and `{ a: b }`. Keys and shorthand names stay.
        return this.copy(node, scope, (child) =>
          child === node.key && !node.computed ? this.source(child) : this.print(child, scope),
        );
      case 'VariableDeclarator':
        if (node.id.type === 'ArrayPattern' && node.init !== null && node.init !== undefined)
          return `${this.print(node.id, scope)}=$rt.spread(${this.value(node.init, scope)})`;
        return this.copy(node, scope);
      default:
        return this.copy(node, scope);
    }
  }

  #block(node: Node & { body: readonly Node[] }, scope: Scope): string {
    const links = node.body.map((statement) => linkOf(statement)).join('');
    const disposing = node.body.some((statement) => declaresDisposable(statement));
    const printed = disposing
      ? printWithDisposal(this, node, scope)
      : this.copy(node, scope, (child) => this.statement(child, scope));
    if (links === '') return printed;
    const open = node.type === 'Program' ? 0 : printed.indexOf('{') + 1;
    return printed.slice(0, open) + links + printed.slice(open);
  }

  /** A catch must let pass what the engine throws to end an execution. */
  #catch(node: CatchClause, scope: Scope): string {
    const body = this.print(node.body, scope);
    const inside = body.slice(body.indexOf('{') + 1);
    if (node.param === null) return `catch($e){$rt.caught($e);${inside}`;
    if (node.param.type === 'Identifier') return `catch(${node.param.name}){$rt.caught(${node.param.name});${inside}`;
    return `catch($e){$rt.caught($e);let ${this.print(node.param, scope)}=$e;${inside}`;
  }

  #outerArguments(node: Node, scope: Scope): string {
    let owner: Scope | undefined = scope;
    while (owner?.arrow === true) owner = owner.outer;
    if (owner?.locals === undefined) this.fail(node, 'arguments outside of a function');
    owner.keepsArguments = true;
    return '$arguments';
  }

  #isDeclared(scope: Scope, name: string): boolean {
    for (let inner: Scope | undefined = scope; inner !== undefined; inner = inner.outer) {
      if (inner.locals?.has(name) === true) return true;
    }
    return false;
  }
}

// Statements that may end without a semicolon, after which printed code might begin with "(".
const STATEMENTS = new Set([
  'ExpressionStatement',
  'ReturnStatement',
  'ThrowStatement',
  'DoWhileStatement',
]);

/** Prints the link from a declared function to its generator; it must run before the block's statements. */
function linkOf(statement: Node): string {
  const declared =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
      ? statement.declaration
      : statement;
  if (declared?.type !== 'FunctionDeclaration') return '';
  const name = declarationName(declared);
  if (declared.generator === true || isLeaf(declared as FunctionNode)) return `$rt.leaf(${name});`;
  return `$rt.${declared.async === true ? 'linkAsync' : 'link'}(${name},${name}$g);`;
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
