// Methods and accessors of classes and of object literals. Each is printed as a generator
// method, so that `super` and private names keep their meaning; the runtime puts a driver in
// its place once the class or the object is made.

import type { MethodDefinition, Property } from 'estree';
import type { FunctionNode } from './ast.ts';
import { isPrimed, lengthOf, printBody } from './functions.ts';
import type { Printer } from './printer.ts';
import { temporary, type Scope } from './scope.ts';

/** A method or an accessor. */
export type Member = MethodDefinition | Property;

/** Names what kind of function a method is. */
export function kindOfMethod(fn: FunctionNode): 'method' | 'async' | 'generator' {
  if (fn.async === true) return 'async';
  return fn.generator === true ? 'generator' : 'method';
}

/** Prints a method's parameters and body, as those of a generator. */
export function printMethodBody(p: Printer, fn: FunctionNode, scope: Scope): string {
  return printBody(p, fn, scope, { newTarget: 'none' }).text;
}

/** Prints a public method or accessor, and adds to `links` what the runtime has to know of it. */
export function printMember(p: Printer, member: Member, scope: Scope, links: string[]): string {
  const fn = member.value as FunctionNode;
  const isStatic = member.type === 'MethodDefinition' && member.static;
  const isAccessor = member.kind === 'get' || member.kind === 'set';
  let key = p.source(member.key);
  let name = member.key.type === 'Identifier' ? JSON.stringify(key) : key;
  if (member.computed) {
    // Computed once, for the place and for the link.
    name = temporary(scope, p.unique('k'));
    key = `[${name}=$rt.key(${p.value(member.key, scope)})]`;
  }
  const helper = p.unique('m');
  const kind = isAccessor ? member.kind : kindOfMethod(fn);
  links.push(
    `[${isStatic ? 1 : 0},${name},"${kind}",${isAccessor ? `"${helper}"` : isPrimed(fn) ? '"primed"' : 0},${lengthOf(fn)}]`,
  );
  const prefix = isStatic ? 'static ' : '';
  const before = p.gap(member.start, member.key.start);
  const twin = p.gap(member.key.end, fn.start) + printMethodBody(p, fn, scope);
  if (!isAccessor) return `${before}${prefix}*${key}${twin}`;
  // An accessor keeps its place; its generator stands beside it until the runtime takes it.
  const placed = `${prefix}${member.kind} ${key}(${member.kind === 'set' ? '$rt_v' : ''}){}`;
  return `${before}${placed}${member.type === 'Property' ? ',' : ''}${prefix}*${helper}${twin}`;
}

/** Prints a private method or accessor: its driver and its generator, side by side. */
export function printPrivateMember(p: Printer, member: MethodDefinition, scope: Scope): string {
  const fn = member.value as FunctionNode;
  const name = p.source(member.key);
  const prefix = member.static ? 'static ' : '';
  const isAccessor = member.kind === 'get' || member.kind === 'set';
  const twin = isAccessor ? `${name}$rt${member.kind}` : `${name}$rt`;
  const parameters = member.kind === 'set' ? '$rt_v' : member.kind === 'get' ? '' : '...$rt_v';
  const started = `this.${twin}(${parameters})`;
  const driven = {
    method: `$rt.drive(${started})`,
    async: `$rt.driveAsync(${started})`,
    generator: `$rt.generator(${started},void 0,void 0,${isPrimed(fn)})`,
  }[kindOfMethod(fn)];
  const gap = p.gap(member.start, member.key.start) + p.gap(member.key.end, fn.start);
  return (
    `${gap}${prefix}${isAccessor ? `${member.kind} ` : ''}${name}(${parameters}){return ${driven}}` +
    `${prefix}*${twin}${printMethodBody(p, fn, scope)}`
  );
}
