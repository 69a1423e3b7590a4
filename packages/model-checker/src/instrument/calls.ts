// Calls: operations of `Atomics`, which are the steps that the scheduler orders, and calls of
// functions, any of which may lead to one.

import type { CallExpression, Expression, MemberExpression, NewExpression, TaggedTemplateExpression } from 'estree';
import { printChain } from './chains.ts';
import { printPrivateRead, printSuper } from './members.ts';
import { printPrivateCall } from './privates.ts';
import type { Printer } from './printer.ts';
import { temporary, type Scope } from './scope.ts';

const READ_MODIFY_WRITE = new Set(['add', 'and', 'exchange', 'or', 'sub', 'xor']);
const ATOMIC = new Set([...READ_MODIFY_WRITE, 'compareExchange', 'load', 'notify', 'store', 'wait', 'waitAsync']);
// How many arguments an operation takes; those left out are printed as undefined.
const ARITY: Readonly<Record<string, number>> = { load: 2, notify: 3, compareExchange: 4, wait: 4, waitAsync: 4 };

// Functions of these compute from their arguments alone, and call nothing back.
const PURE = new Set(['Math', 'Number', 'BigInt']);
/** Methods that access all of a view, or an element: of views, and `Uint8Array.from`. */
const TOUCHES_MANY =
  /^(?:at|copyWithin|fill|find\w*|from|includes|indexOf|join|reverse|slice|sort|with|set|[gs]et(?:Big)?(?:Int|Uint|Float)\d+|toReversed|toSorted)$/;

/** Prints `f(a)`, `o.m(a)`, `super(a)`, `Atomics.load(a, i)`. */
export function printCall(p: Printer, node: CallExpression, scope: Scope): string {
  const { callee } = node;
  const args = p.args(node.arguments, scope, callee.end);
  const rest = args === '' ? '' : `,${args}`;
  if (callee.type === 'Super') {
    if (scope.suspendable) p.fail(node, 'super() in an arrow function');
    return `super(${args})`;
  }
  if ((callee.type as string) === 'Import') return p.copy(node, scope);
  if (callee.type === 'MemberExpression') {
    const atomic = atomicOperation(p, callee, scope);
    if (atomic !== undefined && node.arguments.every(({ type }) => type !== 'SpreadElement'))
      return printAtomic(p, node, atomic, scope);
    return printMethodCall(p, callee, args, scope);
  }
  if (callee.type === 'ChainExpression') {
    // Parentheses end the chain, but keep what `this` is.
    const self = temporary(scope, p.unique('o'));
    const fn = `(${self}=void 0,${printChain(p, callee, scope, { self })})`;
    return scope.suspendable
      ? p.resume(scope, `$rt.invoke(${fn},${self}${rest})`)
      : `$rt.plainly(${fn},${self}${rest})`;
  }
  if (!scope.suspendable) return `${p.operand(callee, scope)}(${args})`;
  return p.resume(scope, `$rt.call(${p.value(callee, scope)}${rest})`);
}

function atomicOperation(
  p: Printer,
  { object, property, computed }: MemberExpression,
  scope: Scope,
): string | undefined {
  if (object.type !== 'Identifier' || object.name !== 'Atomics' || computed || !p.isGlobal('Atomics', scope))
    return undefined;
  const { name } = property as { name: string };
  return ATOMIC.has(name) ? name : undefined;
}

function printAtomic(p: Printer, node: CallExpression, operation: string, scope: Scope): string {
  let position = node.callee.end;
  const args = node.arguments.map((argument) => {
    const printed = p.gap(position, argument.start) + p.value(argument, scope);
    position = argument.end;
    return printed;
  });
  while (args.length < (ARITY[operation] ?? 3)) args.push('undefined');
  const site = p.site(node);
  if (!scope.suspendable) return `$rt.immediate("${operation}",${site},${args.join(',')})`;
  if (operation === 'wait') return `(yield* $rt.wait(${args.join(',')},${site}))`;
  const call = READ_MODIFY_WRITE.has(operation)
    ? `$rt.update("${operation}",${args.join(',')},${site})`
    : `$rt.${operation}(${args.join(',')},${site})`;
  // A mutant may do these in two steps.
  const isSplittable = operation === 'compareExchange' || operation === 'waitAsync' || READ_MODIFY_WRITE.has(operation);
  return isSplittable ? `(${call}&&(yield),$rt.splits?yield* $rt.finish():$rt.go())` : `(${call}&&(yield),$rt.go())`;
}

function printMethodCall(p: Printer, callee: MemberExpression, args: string, scope: Scope): string {
  const { object, property } = callee;
  const rest = args === '' ? '' : `,${args}`;
  if (object.type === 'Super') {
    const method = printSuper(p, callee, scope);
    return scope.suspendable ? p.resume(scope, `$rt.invoke(${method},this${rest})`) : `${method}(${args})`;
  }
  const gap = p.gap(object.end, property.start);
  if (!scope.suspendable) {
    const target = p.operand(object, scope);
    // A bound function is instrumented as the one that it binds.
    if (!callee.computed && p.source(property) === 'bind') return `$rt.bind(${target}${gap}${rest})`;
    return callee.computed
      ? `${target}[${gap}${p.value(property, scope)}](${args})`
      : `${target}.${gap}${p.source(property)}(${args})`;
  }
  if (
    object.type === 'Identifier' &&
    PURE.has(object.name) &&
    !callee.computed &&
    p.source(property) !== 'random' &&
    p.isGlobal(object.name, scope)
  ) {
    return `${p.source(callee)}(${args})`;
  }
  if (property.type === 'PrivateIdentifier') {
    return printPrivateCall(p, p.operand(object, scope), gap + p.source(property), args, scope);
  }
  const key = gap + (callee.computed ? p.value(property, scope) : JSON.stringify(p.source(property)));
  const site = !callee.computed && TOUCHES_MANY.test(p.source(property)) ? `,${p.site(callee)}` : '';
  return p.resume(scope, `$rt.invoke($rt.at(${p.value(object, scope)},${key}${site}),$rt.o${rest})`);
}

/** Prints `new C(a)`. */
export function printNew(p: Printer, node: NewExpression, scope: Scope): string {
  const args = p.args(node.arguments, scope, node.callee.end);
  const rest = args === '' ? '' : `,${args}`;
  const gap = p.gap(node.start, node.callee.start);
  if (scope.suspendable) return p.resume(scope, `$rt.construct(${gap}${p.value(node.callee, scope)}${rest})`);
  if (node.callee.type === 'Identifier' && node.callee.name === 'Proxy') return `$rt.proxy(${args})`;
  return `new ${gap}${p.operand(node.callee, scope)}(${args})`;
}

/** Prints a tagged template as the call that it is. */
export function printTagged(p: Printer, node: TaggedTemplateExpression, scope: Scope): string {
  const { tag, quasi } = node;
  if (!scope.suspendable)
    return `$rt.tag(${printTag(p, tag, scope)},${p.gap(tag.end, quasi.start)}$rt.template${p.print(quasi, scope)})`;
  const template = `...$rt.template${p.print(quasi, scope)}`;
  return p.resume(scope, `$rt.invoke(${printTag(p, tag, scope)},${p.gap(tag.end, quasi.start)}${template})`);
}

/** Prints the tag and its `this`. */
function printTag(p: Printer, tag: Expression, scope: Scope): string {
  if (tag.type !== 'MemberExpression') return `${p.value(tag, scope)},void 0`;
  const { object, property } = tag;
  if (object.type === 'Super') return `${printSuper(p, tag, scope)},this`;
  if (property.type === 'PrivateIdentifier') {
    const self = temporary(scope, p.unique('o'));
    return `(${self}=${p.value(object, scope)},${printPrivateRead(self, p.source(property), scope)}),${self}`;
  }
  const key = tag.computed ? p.value(property, scope) : JSON.stringify(p.source(property));
  return `$rt.at(${p.value(object, scope)},${p.gap(object.end, property.start)}${key}),$rt.o`;
}
