// Calls: operations of `Atomics`, which are the steps that the scheduler orders, and calls of
// functions, any of which may lead to one.

import type { CallExpression, MemberExpression, NewExpression } from 'estree';
import type { Printer } from './printer.ts';
import { temporary, type Scope } from './scope.ts';

const READ_MODIFY_WRITE = new Set(['add', 'and', 'exchange', 'or', 'sub', 'xor']);
const ATOMIC = new Set([...READ_MODIFY_WRITE, 'compareExchange', 'load', 'notify', 'store', 'wait', 'waitAsync']);
// How many arguments an operation takes; those left out are printed as undefined.
const ARITY: Readonly<Record<string, number>> = { load: 2, notify: 3, compareExchange: 4, wait: 4, waitAsync: 4 };

// Functions of these compute from their arguments alone, and call nothing back.
const PURE = new Set(['Math', 'Number', 'BigInt']);

/** Prints `f(a)`, `o.m(a)`, `super(a)`, `Atomics.load(a, i)`. */
export function printCall(p: Printer, node: CallExpression, scope: Scope): string {
  const { callee } = node;
  const args = p.args(node.arguments, scope);
  if (callee.type === 'Super') return `super(${args})`;
  if ((callee.type as string) === 'Import') return p.copy(node, scope);
  if (callee.type === 'MemberExpression') {
    const atomic = atomicOperation(callee);
    if (atomic !== undefined && node.arguments.every(({ type }) => type !== 'SpreadElement'))
      return printAtomic(p, node, atomic, scope);
    return printMethodCall(p, callee, args, scope);
  }
  if (!scope.suspendable) return `${p.operand(callee, scope)}(${args})`;
  return p.resume(scope, `$rt.call(${p.value(callee, scope)}${args === '' ? '' : `,${args}`})`);
}

function atomicOperation({ object, property, computed }: MemberExpression): string | undefined {
  if (object.type !== 'Identifier' || object.name !== 'Atomics' || computed) return undefined;
  const { name } = property as { name: string };
  return ATOMIC.has(name) ? name : undefined;
}

function printAtomic(p: Printer, node: CallExpression, operation: string, scope: Scope): string {
  const args = node.arguments.map((argument) => p.value(argument, scope));
  while (args.length < (ARITY[operation] ?? 3)) args.push('undefined');
  const site = p.site(node);
  if (!scope.suspendable) return `$rt.immediately("${operation}",${site},${args.join(',')})`;
  if (operation === 'wait') return `(yield* $rt.wait(${args.join(',')},${site}))`;
  const call = READ_MODIFY_WRITE.has(operation)
    ? `$rt.update("${operation}",${args.join(',')},${site})`
    : `$rt.${operation}(${args.join(',')},${site})`;
  return `(${call}&&(yield),$rt.go())`;
}

function printMethodCall(p: Printer, callee: MemberExpression, args: string, scope: Scope): string {
  const { object, property } = callee;
  const rest = args === '' ? '' : `,${args}`;
  if (object.type === 'Super') {
    const method = p.copy(callee, scope);
    return scope.suspendable ? p.resume(scope, `$rt.invoke(${method},this${rest})`) : `${method}(${args})`;
  }
  if (!scope.suspendable) {
    const target = p.operand(object, scope);
    return callee.computed ? `${target}[${p.value(property, scope)}](${args})` : `${target}.${p.source(property)}(${args})`;
  }
  if (object.type === 'Identifier' && PURE.has(object.name) && !callee.computed && p.source(property) !== 'random') {
    return `${p.source(callee)}(${args})`;
  }
  if (property.type === 'PrivateIdentifier') {
    return printPrivateCall(p, p.operand(object, scope), p.source(property), args, scope);
  }
  const key = callee.computed ? p.value(property, scope) : JSON.stringify(p.source(property));
  return p.resume(scope, `$rt.method(${p.value(object, scope)},${key}${rest})`);
}

/** Prints `o.#m(a)`; which kind of member `#m` is, the class says. */
export function printPrivateCall(p: Printer, object: string, name: string, args: string, scope: Scope): string {
  switch (scope.privates.get(name.slice(1))) {
    case 'method':
      return `(yield* ${object}.${name}$g(${args}))`;
    case 'async':
      return `(yield* $rt.callAsync(${object}.${name}$g(${args})))`;
    case 'generator':
      return `${object}.${name}(${args})`;
    case 'accessor':
    case 'field':
    case undefined: {
      const self = temporary(scope, p.unique('o'));
      const read = scope.privates.get(name.slice(1)) === 'accessor' ? `(yield* ${self}.${name}$get())` : `${self}.${name}`;
      return `(${self}=${object},${p.resume(scope, `$rt.invoke(${read},${self}${args === '' ? '' : `,${args}`})`)})`;
    }
  }
}

/** Prints `new C(a)`. */
export function printNew(p: Printer, node: NewExpression, scope: Scope): string {
  const args = p.args(node.arguments, scope);
  if (!scope.suspendable) return `new ${p.operand(node.callee, scope)}(${args})`;
  return p.resume(scope, `$rt.construct(${p.value(node.callee, scope)}${args === '' ? '' : `,${args}`})`);
}
