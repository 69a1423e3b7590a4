// Optional chains, unrolled: `a?.b(c).d` becomes a conditional that computes `a` once and ends
// with undefined where it is null or undefined.

import type { ChainExpression, Expression, MemberExpression, SimpleCallExpression } from 'estree';
import { printPrivateCall } from './calls.ts';
import { isSimple, printRead } from './members.ts';
import type { Printer } from './printer.ts';
import { temporary, type Scope } from './scope.ts';

type Link = MemberExpression | SimpleCallExpression;

/** Prints a chain that contains `?.`. */
export function printChain(p: Printer, node: ChainExpression, scope: Scope): string {
  if (!scope.suspendable) return p.copy(node, scope);
  const links: Link[] = [];
  let base: Expression = node.expression as Expression;
  while (base.type === 'MemberExpression' || base.type === 'CallExpression') {
    const inner: MemberExpression['object'] | SimpleCallExpression['callee'] =
      base.type === 'MemberExpression' ? base.object : base.callee;
    if (inner.type === 'Super') p.fail(node, 'super in an optional chain');
    links.unshift(base);
    base = inner;
  }
  let conditions = '';
  let value = p.operand(base, scope);
  const guard = (): void => {
    const name = temporary(scope, p.unique('c'));
    conditions += `(${name}=${value})==null?undefined:`;
    value = name;
  };
  for (let i = 0; i < links.length; i++) {
    const link = links[i]!;
    if (link.optional) guard();
    if (link.type === 'CallExpression') {
      const args = p.args(link.arguments, scope);
      value = p.resume(scope, `$rt.call(${value}${args === '' ? '' : `,${args}`})`);
      continue;
    }
    const called = links[i + 1];
    if (called?.type !== 'CallExpression') {
      value = printLink(p, link, value, scope);
      continue;
    }
    // A method call: the object is the receiver, and `o.m?.()` asks for the method first.
    i++;
    const args = p.args(called.arguments, scope);
    if (link.property.type === 'PrivateIdentifier' && !called.optional) {
      value = printPrivateCall(p, value, p.source(link.property), args, scope);
      continue;
    }
    const self = temporary(scope, p.unique('o'));
    const method = printLink(p, link, self, scope);
    const start = value;
    value = `(${self}=${start},${method})`;
    if (called.optional) guard();
    value = p.resume(scope, `$rt.invoke(${value},${self}${args === '' ? '' : `,${args}`})`);
  }
  return `(${conditions}${value})`;
}

function printLink(p: Printer, link: MemberExpression, object: string, scope: Scope): string {
  if (link.computed) return `$rt.get(${object},${p.value(link.property as Expression, scope)},${p.site(link)})`;
  const name = p.source(link.property);
  if (link.property.type !== 'PrivateIdentifier') return printRead(p, object, name, scope);
  const kind = scope.privates.get(name.slice(1));
  if (kind === 'accessor') return `(yield* ${isSimple(object) ? object : `(${object})`}.${name}$get())`;
  return `${object}.${name}`;
}
