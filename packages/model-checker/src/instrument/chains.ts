// Optional chains, unrolled: `a?.b(c).d` becomes a conditional that computes `a` once and ends
// with undefined where it is null or undefined.

import type {
  ChainExpression,
  Expression,
  MemberExpression,
  SimpleCallExpression,
  Super,
  UnaryExpression,
} from 'estree';
import { isSimple, printElementRead, printPrivateRead, printRead } from './members.ts';
import { printPrivateCall } from './privates.ts';
import type { Printer } from './printer.ts';
import { temporary, type Scope } from './scope.ts';

type Link = MemberExpression | SimpleCallExpression;

/** What a chain is printed for, besides its value. */
interface Purpose {
  /** Deletes the last link instead of reading it. */
  readonly deletes?: boolean;
  /** Keeps the object of the last link in a variable. */
  readonly self?: string;
}

/** Prints a chain that contains `?.`. */
export function printChain(p: Printer, node: ChainExpression, scope: Scope, purpose: Purpose = {}): string {
  const links: Link[] = [];
  let base: Expression | Super = node.expression;
  while ((base.type === 'MemberExpression' || base.type === 'CallExpression') && !isSuperMember(base)) {
    links.unshift(base);
    base = base.type === 'MemberExpression' ? base.object : base.callee;
  }
  let conditions = '';
  let value = p.operand(base, scope);
  let end = base.end;
  // `super.m?.()` calls with the same `this`.
  let self = isSuperMember(base) ? 'this' : undefined;
  const guard = (): void => {
    const name = temporary(scope, p.unique('c'));
    conditions += `(${name}=${value})==null?${purpose.deletes === true ? 'true' : 'void 0'}:`;
    value = name;
  };
  for (const [i, link] of links.entries()) {
    if (link.optional) guard();
    if (link.type === 'CallExpression') {
      const args = p.args(link.arguments, scope, end);
      value = printInvocation(p, value, self, args === '' ? '' : `,${args}`, scope);
      self = undefined;
    } else {
      const next = links[i + 1];
      const isCalled = next?.type === 'CallExpression';
      const isLast = next === undefined;
      if (isCalled && !next.optional && link.property.type === 'PrivateIdentifier' && scope.suspendable) {
        const args = p.args(next.arguments, scope, link.end);
        value = printPrivateCall(p, value, p.source(link.property), args, scope);
        links.splice(i + 1, 1);
        end = next.end;
        continue;
      }
      if (isLast && purpose.deletes === true) {
        value = printDeleted(p, link, value, scope);
        continue;
      }
      self = undefined;
      if (isCalled || (isLast && purpose.self !== undefined)) {
        self = isLast ? purpose.self! : temporary(scope, p.unique('o'));
        value = `(${self}=${value},${printLink(p, link, self, end, scope)})`;
      } else value = printLink(p, link, value, end, scope);
    }
    end = link.end;
  }
  return `(${conditions}${value})`;
}

function isSuperMember(node: Expression | Super): boolean {
  return node.type === 'MemberExpression' && node.object.type === 'Super';
}

function printInvocation(p: Printer, fn: string, self: string | undefined, rest: string, scope: Scope): string {
  if (!scope.suspendable) return `$rt.plainly(${fn},${self ?? 'void 0'}${rest})`;
  return p.resume(scope, self === undefined ? `$rt.call(${fn}${rest})` : `$rt.invoke(${fn},${self}${rest})`);
}

function printLink(p: Printer, link: MemberExpression, object: string, from: number, scope: Scope): string {
  const gap = p.gap(from, link.property.start);
  if (link.computed) return printElementRead(p, link, object, gap + p.value(link.property, scope), scope);
  const name = p.source(link.property);
  const operand = isSimple(object) ? object : `(${object})`;
  if (link.property.type === 'PrivateIdentifier') return printPrivateRead(operand, gap + name, scope);
  return printRead(p, operand, name, scope, gap);
}

function printDeleted(p: Printer, link: MemberExpression, object: string, scope: Scope): string {
  const place = link.computed ? `[${p.value(link.property, scope)}]` : `.${p.source(link.property)}`;
  return `delete (${object})${place}`;
}

/** Prints `delete o.x`. */
export function printDelete(p: Printer, node: UnaryExpression, scope: Scope): string {
  const { argument } = node;
  let deleted: string;
  if (argument.type === 'ChainExpression') deleted = printChain(p, argument, scope, { deletes: true });
  else if (argument.type === 'MemberExpression' && argument.object.type !== 'Super')
    deleted = `delete ${p.copy(argument, scope)}`;
  else return p.copy(node, scope);
  return scope.suspendable ? `($rt.touch(),${deleted})` : deleted;
}
