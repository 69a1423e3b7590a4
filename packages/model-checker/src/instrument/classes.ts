// Classes. A method's generator is a member beside it, so that `super` and private names keep
// their meaning. The constructor of a class that extends nothing is split: fields first, then
// the body as a generator, so that it can be suspended; that of a derived class, field values
// and static blocks run in one step, which the engine refuses while others could interfere.

import type { ClassDeclaration, ClassExpression, MethodDefinition, PropertyDefinition } from 'estree';
import { children, walk, isFunction, type FunctionNode, type Node } from './ast.ts';
import { driverOf, printBody } from './functions.ts';
import type { Printer } from './printer.ts';
import { mentions, plainScope, temporary, type PrivateKind, type Scope } from './scope.ts';

/** Prints a class. */
export function printClass(p: Printer, node: ClassDeclaration | ClassExpression, outer: Scope): string {
  const decorated = node as { decorators?: unknown[] };
  if ((decorated.decorators?.length ?? 0) > 0) p.fail(node, 'a decorated class');
  const scope: Scope = { ...outer, privates: new Map([...outer.privates, ...privatesOf(node)]) };
  const links: string[] = [];
  const head = p.code.slice(node.start, node.superClass?.start ?? node.body.start);
  const parent = node.superClass === null || node.superClass === undefined ? '' : p.operand(node.superClass, outer);
  const between = p.code.slice(node.superClass?.end ?? node.body.start, node.body.start);
  let body = '';
  let position = node.body.start + 1;
  for (const member of children(node.body)) {
    body += p.code.slice(position, member.start);
    if (((member as { decorators?: unknown[] }).decorators?.length ?? 0) > 0) p.fail(member, 'a decorated member');
    body += printMember(p, member, scope, links, parent !== '');
    position = member.end;
  }
  body += p.code.slice(position, node.body.end);
  const link = links.length === 0 ? '' : `static{$rt.members(this,${links.join(',')})}`;
  return `${head}${parent}${between}{${link}${body}`;
}

function privatesOf(node: ClassDeclaration | ClassExpression): Map<string, PrivateKind> {
  const kinds = new Map<string, PrivateKind>();
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock' || member.key.type !== 'PrivateIdentifier') continue;
    kinds.set(member.key.name, member.type === 'MethodDefinition' ? kindOf(member) : 'field');
  }
  return kinds;
}

function kindOf({ kind, value }: MethodDefinition): PrivateKind {
  if (kind === 'get' || kind === 'set') return 'accessor';
  if (value.async === true) return 'async';
  return value.generator === true ? 'generator' : 'method';
}

function printMember(p: Printer, member: Node, scope: Scope, links: string[], derived: boolean): string {
  if (member.type === 'MethodDefinition') return printMethod(p, member, scope, links, derived);
  // Field values and static blocks have no function of their own that could declare variables.
  const within: Scope = { ...plainScope(scope.privates, scope.locals), temporaries: scope.temporaries };
  if (member.type !== 'PropertyDefinition') return p.copy(member, within);
  const { key, value, computed } = member as PropertyDefinition;
  const name = p.code.slice(member.start, key.start) + (computed ? `${p.value(key, within)}]` : p.source(key));
  return value === null || value === undefined ? `${name};` : `${name}=(${p.print(value, within)});`;
}

function printMethod(p: Printer, member: MethodDefinition, scope: Scope, links: string[], derived: boolean): string {
  const fn = member.value as FunctionNode;
  if (member.kind === 'constructor') return printConstructor(p, fn, scope, links, derived);
  const prefix = member.static ? 'static ' : '';
  const body = printBody(p, fn, scope);
  const accessor = member.kind === 'get' || member.kind === 'set' ? `${member.kind} ` : '';
  const parameters = { '': '...$v', 'get ': '', 'set ': '$v' }[accessor]!;
  const print = (key: string, twin: string): string =>
    `${prefix}${accessor}${key}(${parameters}){return ${driverOf(fn)}(this.${twin}(${parameters}))}` +
    `${prefix}*${twin}${body}`;
  if (member.key.type === 'PrivateIdentifier') {
    return print(`#${member.key.name}`, `#${member.key.name}$${accessor === '' ? 'g' : member.kind}`);
  }
  const twin = p.unique('m');
  let key = p.source(member.key);
  let name = member.key.type === 'Identifier' ? JSON.stringify(key) : key;
  if (member.computed) {
    name = temporary(scope, p.unique('k'));
    key = `[${name}=${p.value(member.key, { ...scope, suspendable: false })}]`;
  }
  links.push(`[${member.static},${name},"${twin}","${accessor === '' ? kindOf(member) : member.kind}"]`);
  return print(key, twin);
}

function printConstructor(p: Printer, fn: FunctionNode, scope: Scope, links: string[], derived: boolean): string {
  const special = (node: Node): boolean => node.type === 'MetaProperty' || node.type === 'Super';
  if (derived || mentions(fn, special) || returnsValue(fn)) return `constructor${printBody(p, fn, scope, false)}`;
  const twin = p.unique('c');
  links.push(`[false,"constructor","${twin}","constructor"]`);
  return `constructor(...$v){if($v[0]!==$rt.BARE)$rt.drive(this.${twin}(...$v))}*${twin}${printBody(p, fn, scope)}`;
}

function returnsValue(fn: FunctionNode): boolean {
  let found = false;
  walk(fn.body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument !== null && node.argument !== undefined) found = true;
    return !isFunction(node);
  });
  return found;
}
