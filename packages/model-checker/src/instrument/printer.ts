// Prints a module again with its functions turned into generators, so that the scheduler can
// suspend them at every operation on shared memory. What needs no change is copied to the
// letter, and every line stays on its line: a stack trace, and the source map of whatever
// compiled the module before, remain right.
//
// What instrumented code calls is `$rt` (src/runtime/hooks.ts). A call that may have to be
// suspended returns its value, or a generator that computes it; `$rt.g` tells which:
//
//   f(a)   becomes   ($rt_t=$rt.call(f,a),$rt.g?yield* $rt_t:$rt_t)
//
// All names that the printer makes contain `$rt`, and the code must not.

import type { CatchClause, ImportSpecifier, FunctionDeclaration, LabeledStatement, SwitchStatement } from 'estree';
import { boundNames, children, declaredNames, walk, type Node } from './ast.ts';
import { printAssignment, printArraySource, printUpdate } from './assignments.ts';
import { printCall, printNew, printTagged } from './calls.ts';
import { printChain, printDelete } from './chains.ts';
import { printClass } from './classes.ts';
import { InstrumentationError } from './error.ts';
import { printArrow, printFunctionDeclaration, printFunctionExpression, printFunctionLink } from './functions.ts';
import { printForIn, printForOf, printLoop } from './loops.ts';
import { printElement, printProperty } from './members.ts';
import { printNamed } from './names.ts';
import { printObject } from './objects.ts';
import { ownerOf, plainScope, temporary, type Scope } from './scope.ts';
import { declaresDisposable, printWithDisposal } from './using.ts';

/** Where a piece of code stands: its line, its column (both from 1), and the text of the line. */
export type Site = readonly [line: number, column: number, text: string];

/** Maps an offset of the code to where the author wrote it. */
export type Locate = (offset: number) => Site;

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
  /** What the module declares, outside of functions. */
  #names: ReadonlySet<string> & { add(name: string): unknown } = new Set<string>();
  #unique = 0;

  constructor(code: string, file: string, tag: string, locate: Locate) {
    this.code = code;
    this.#file = file;
    this.#tag = tag;
    this.#locate = locate;
  }

  /** Prints the whole module. */
  module(program: Node): string {
    this.#names = declaredNames(program);
    walk(program, (node) => {
      if (/^Import.*Specifier$/.test(node.type))
        for (const name of boundNames((node as ImportSpecifier).local)) this.#names.add(name);
      if ((node.type === 'Identifier' || node.type === 'PrivateIdentifier') && node.name.includes('$rt'))
        this.fail(node, 'a name that contains $rt, as those that it makes do,');
    });
    return this.#print(program, this.#module);
  }

  /** Prints the variables that the printed module needs at its top. */
  declarations(): string {
    const { temporaries } = this.#module;
    return temporaries.length > 0 ? `let ${temporaries.join(',')};` : '';
  }

  /** Makes a name that no other module, and nothing else in this one, uses. */
  unique(prefix: string): string {
    return `$rt${prefix}_${this.#tag}_${this.#unique++}`;
  }

  /** Registers where a node stands, and prints its number. */
  site(node: Node): string {
    this.sites.push(this.#locate(node.start));
    return `$rt_s+${this.sites.length - 1}`;
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
      const before = this.code.slice(position, child.start);
      const text = each(child);
      // `return{}` and the like: what is printed may begin with a name.
      printed += /[\w$]$/.test(before) && /^[\w$]/.test(text) ? `${before} ${text}` : before + text;
      position = child.end;
    }
    return printed + this.code.slice(position, node.end);
  }

  /** Prints a node on as many lines as it has in the source. */
  print(node: Node, scope: Scope): string {
    let printed = this.#print(node, scope);
    if (STATEMENTS.has(node.type) && !printed.endsWith(';')) printed += ';';
    return this.fill(node, printed);
  }

  /** Adds the line breaks that the printed text of a node has too few. */
  fill(node: Node, printed: string): string {
    const missing = lineBreaks(this.source(node)) - lineBreaks(printed);
    return missing > 0 ? printed + '\n'.repeat(missing) : printed;
  }

  /** Prints the line breaks between two offsets. */
  gap(from: number, to: number): string {
    return from < to ? '\n'.repeat(lineBreaks(this.code.slice(from, to))) : '';
  }

  /** Prints nodes with commas between them, each on its line; `from` is where the list begins. */
  list(nodes: readonly Node[], from: number, each: (node: Node) => string): string {
    let position = from;
    return nodes
      .map((node) => {
        const printed = this.gap(position, node.start) + each(node);
        position = node.end;
        return printed;
      })
      .join(',');
  }

  /** Prints a statement of a block, with the semicolon that its author may have left to the parser. */
  statement(node: Node, scope: Scope): string {
    const printed = this.print(node, scope);
    const declares =
      node.type === 'VariableDeclaration' ||
      (node.type === 'ExportNamedDeclaration' && node.declaration?.type === 'VariableDeclaration');
    const exports =
      node.type === 'ExportDefaultDeclaration' && !/^(?:Function|Class)Declaration$/.test(node.declaration.type);
    return (declares || exports) && !/;\s*$/.test(printed) ? `${printed};` : printed;
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

  /** Prints the arguments of a call, without parentheses; `from` is the end of what is called. */
  args(list: readonly Node[], scope: Scope, from: number): string {
    return this.list(list, from, (item) => this.value(item, scope));
  }

  /** Tells whether a name means what the language says. */
  isGlobal(name: string, scope: Scope): boolean {
    return !this.#names.has(name) && !this.#isDeclared(scope, name);
  }

  /** Prints a call of the runtime that may return a generator. */
  resume(scope: Scope, call: string): string {
    const t = temporary(scope, '$rt_t');
    return `(${t}=${call},$rt.g?yield* ${t}:${t})`;
  }

  #print(node: Node, scope: Scope): string {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return this.source(node);
      case 'MetaProperty':
        if (node.meta.name !== 'new' || !scope.suspendable) return this.source(node);
        ownerOf(scope).needs.newTarget = true;
        return '$rt_new';
      case 'ExportNamedDeclaration':
        return node.declaration === null || node.declaration === undefined ? this.source(node) : this.copy(node, scope);
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
        return this.#labelled(node, scope);
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        return printLoop(this, node, scope, '');
      case 'ForOfStatement':
        return printForOf(this, node, scope, '');
      case 'ForInStatement':
        return printForIn(this, node, scope, '');
      case 'Program':
      case 'BlockStatement':
      case 'StaticBlock':
        return this.#block(node, scope);
      case 'SwitchStatement':
        return this.#switch(node, scope);
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
        return node.operator === 'delete' ? printDelete(this, node, scope) : this.copy(node, scope);
      case 'TaggedTemplateExpression':
        return printTagged(this, node, scope);
      case 'SpreadElement':
        return `...${this.gap(node.start, node.argument.start)}${this.#spread(node.argument, scope)}`;
      case 'ExportDefaultDeclaration':
        return this.copy(node, scope, (child) => printNamed(this, child, scope, '"default"'));
      case 'AssignmentPattern':
        if (node.left.type !== 'Identifier') return this.copy(node, scope);
        return `${node.left.name}=${this.gap(node.left.end, node.right.start)}${printNamed(this, node.right, scope, JSON.stringify(node.left.name))}`;
      case 'AwaitExpression':
        if (!scope.suspendable) return this.copy(node, scope);
        return `(yield $rt.await(${this.gap(node.start, node.argument.start)}${this.value(node.argument, scope)}))`;
      case 'YieldExpression': {
        if (!scope.suspendable) return this.copy(node, scope);
        const { argument } = node;
        const given =
          argument === null || argument === undefined
            ? 'undefined'
            : this.gap(node.start, argument.start) + this.value(argument, scope);
        return node.delegate ? `(yield* $rt.delegate(${given}))` : `(yield $rt.give(${given}))`;
      }
      case 'Identifier':
        if (node.name === 'arguments' && scope.arrow && scope.suspendable) return this.#outerArguments(node, scope);
        if (node.name === 'Promise' && this.isGlobal(node.name, scope)) return '$rt.Promise';
        return node.name;
      case 'Property':
        // Only in patterns: `{ a = f() }` and `{ a: b }`. Keys and shorthand names stay.
        if (node.shorthand && node.value.type === 'AssignmentPattern') return this.print(node.value, scope);
        return this.copy(node, scope, (child) =>
          child === node.key && !node.computed ? this.source(child) : this.print(child, scope),
        );
      case 'VariableDeclarator':
        return this.copy(node, scope, (child) => {
          if (child !== node.init) return this.print(child, scope);
          if (node.id.type === 'Identifier') return printNamed(this, child, scope, JSON.stringify(node.id.name));
          return printArraySource(this, node.id, child, scope);
        });
      default:
        return this.copy(node, scope);
    }
  }

  #block(node: Node & { body: readonly Node[] }, scope: Scope): string {
    const links = linksOf(node.body);
    if (node.body.some((statement) => declaresDisposable(statement))) {
      if (node.type === 'Program')
        this.fail(
          node.body.find((statement) => declaresDisposable(statement))!,
          'using outside of a block',
        );
      return printWithDisposal(this, node, scope, (child) => this.statement(child, scope), links);
    }
    const printed = this.copy(node, scope, (child) => this.statement(child, scope));
    if (links === '') return printed;
    const open = node.type === 'Program' ? 0 : printed.indexOf('{') + 1;
    return printed.slice(0, open) + links + printed.slice(open);
  }

  /** A catch must let pass what the engine throws to end an execution. */
  #catch(node: CatchClause, scope: Scope): string {
    const inside = this.print(node.body, scope).slice(1);
    const { param } = node;
    const gap = this.gap(param?.end ?? node.start, node.body.start);
    if (param === null) return `catch($rt_e)${gap}{$rt.caught($rt_e);${inside}`;
    if (param.type === 'Identifier') return `catch(${param.name})${gap}{$rt.caught(${param.name});${inside}`;
    // The block has a scope of its own, as the pattern has.
    return `catch($rt_e){$rt.caught($rt_e);let ${this.print(param, scope)}=$rt_e;${gap}{${inside}}`;
  }

  #labelled(statement: LabeledStatement, scope: Scope): string {
    let labels = '';
    let node: Node = statement;
    while (node.type === 'LabeledStatement') {
      labels += `${node.label.name}:${this.gap(node.start, node.body.start)}`;
      node = node.body;
    }
    switch (node.type) {
      case 'ForOfStatement':
        return printForOf(this, node, scope, labels);
      case 'ForInStatement':
        return printForIn(this, node, scope, labels);
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        return printLoop(this, node, scope, labels);
      default:
        return labels + this.print(node, scope);
    }
  }

  /** Functions declared in a case can be called in every case: each links them. */
  #switch(node: SwitchStatement, scope: Scope): string {
    const statements = node.cases.flatMap(({ consequent }) => consequent);
    const links = linksOf(statements);
    const print = (child: Node): string => {
      if (child.type !== 'SwitchCase') return this.print(child, scope);
      const label =
        child.test === null || child.test === undefined
          ? 'default'
          : `case ${this.gap(child.start, child.test.start)}${this.value(child.test, scope)}`;
      let position = child.test?.end ?? child.start;
      let body = '';
      for (const statement of child.consequent) {
        body += this.gap(position, statement.start) + this.statement(statement, scope);
        position = statement.end;
      }
      return this.fill(child, `${label}:${links}${body}`);
    };
    const disposable = statements.find((statement) => declaresDisposable(statement));
    if (disposable !== undefined) this.fail(disposable, 'using directly in a switch case');
    return this.copy(node, scope, print);
  }

  /** Prints what is spread, of which an instrumented iterator may be suspended. */
  #spread(node: Node, scope: Scope): string {
    const value = this.value(node, scope);
    return scope.suspendable ? this.resume(scope, `$rt.unroll(${value})`) : `$rt.spread(${value})`;
  }

  #outerArguments(node: Node, scope: Scope): string {
    const owner = ownerOf(scope);
    if (owner.locals === undefined) this.fail(node, 'arguments outside of a function');
    owner.needs.arguments = true;
    return '$rt_args';
  }

  #isDeclared(scope: Scope, name: string): boolean {
    for (let inner: Scope | undefined = scope; inner !== undefined; inner = inner.outer) {
      if (inner.locals?.has(name) === true) return true;
    }
    return false;
  }
}

// Statements that may end without a semicolon, after which printed code might begin with "(".
const STATEMENTS = new Set(['ExpressionStatement', 'ReturnStatement', 'ThrowStatement', 'DoWhileStatement']);

/** Prints the links from declared functions to their generators; they must run before the block's statements. */
function linksOf(statements: readonly Node[]): string {
  let links = '';
  for (const statement of statements) {
    const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
    const declared = isExport ? statement.declaration : statement;
    if (declared?.type === 'FunctionDeclaration') links += printFunctionLink(declared as FunctionDeclaration);
  }
  return links;
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
