// Classes. The constructor of a class that extends nothing is split: fields first, then the
// body as a generator, so that it can be suspended; that of a derived class, field values and
// static blocks run in one step, which the engine refuses while others could interfere.

import type { ClassDeclaration, ClassExpression, MethodDefinition } from 'estree';
import { children, isFunction, walk, type FunctionNode, type Node } from './ast.ts';
import { lengthOf, printBody } from './functions.ts';
import { kindOfMethod, printMember, printPrivateMember } from './methods.ts';
import { printNamed } from './names.ts';
import type { Printer } from './printer.ts';
import { mentions, plainScope, prologue, type PrivateKind, type Scope } from './scope.ts';

/** Prints a class. */
export function printClass(p: Printer, node: ClassDeclaration | ClassExpression, outer: Scope): string {
  const decorated = node as { decorators?: unknown[] };
  if ((decorated.decorators?.length ?? 0) > 0) p.fail(node, 'a decorated class');
  const scope: Scope = { ...outer, privates: new Map([...outer.privates, ...privatesOf(node)]) };
  const links: string[] = [];
  const head = p.code.slice(node.start, node.superClass?.start ?? node.body.start);
  const parent = node.superClass === null || node.superClass === undefined ? '' : p.operand(node.superClass, outer);
  const between = p.code.slice(node.superClass?.end ?? node.body.start, node.body.start);
  const passesOn = parent !== '' && !node.body.body.some((member) => isConstructor(member) || isField(member));
  let body = '';
  let position = node.body.start + 1;
  for (const member of children(node.body)) {
    body += p.code.slice(position, member.start);
    if (((member as { decorators?: unknown[] }).decorators?.length ?? 0) > 0) p.fail(member, 'a decorated member');
    body += p.fill(member, printAny(p, member, scope, links, parent !== ''));
    position = member.end;
  }
  body += p.code.slice(position, node.body.end);
  if (passesOn) links.push('[0,"","inherited"]');
  const link = links.length === 0 ? '' : `static{$rt.members(this,${links.join(',')})}`;
  return `${head}${parent}${between}{${link}${body}`;
}

function isConstructor(member: Node): boolean {
  return member.type === 'MethodDefinition' && member.kind === 'constructor';
}

function isField(member: Node): boolean {
  return member.type === 'PropertyDefinition' && !member.static;
}

function privatesOf(node: ClassDeclaration | ClassExpression): Map<string, PrivateKind> {
  const kinds = new Map<string, PrivateKind>();
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock' || member.key.type !== 'PrivateIdentifier') continue;
    kinds.set(member.key.name, member.type === 'MethodDefinition' ? privateKind(member) : 'field');
  }
  return kinds;
}

function privateKind({ kind, value }: MethodDefinition): PrivateKind {
  return kind === 'get' || kind === 'set' ? 'accessor' : kindOfMethod(value);
}

function printAny(p: Printer, member: Node, scope: Scope, links: string[], derived: boolean): string {
  if (member.type === 'MethodDefinition') {
    if (member.kind === 'constructor') return printConstructor(p, member, scope, links, derived);
    if (member.key.type === 'PrivateIdentifier') return printPrivateMember(p, member, scope);
    return printMember(p, member, scope, links);
  }
  const within = plainScope(scope.privates, scope);
  if (member.type === 'StaticBlock') {
    const printed = p.print(member, within);
    const open = printed.indexOf('{') + 1;
    return printed.slice(0, open) + prologue(within) + printed.slice(open);
  }
  if (member.type !== 'PropertyDefinition') p.fail(member, `a member of the kind ${member.type}`);
  const { key, value, computed } = member;
  const name = p.code.slice(member.start, key.start) + (computed ? `${p.value(key, scope)}]` : p.source(key));
  if (value === null || value === undefined) return `${name};`;
  const text = key.type === 'Identifier' ? JSON.stringify(key.name) : p.source(key);
  const shown = computed ? '""' : key.type === 'PrivateIdentifier' ? JSON.stringify(text) : text;
  const printed = printNamed(p, value, within, shown);
  const gap = p.gap(key.end, value.start);
  // What the value keeps in variables needs a function to declare them in.
  const kept = prologue(within);
  return kept === '' ? `${name}=(${gap}${printed});` : `${name}=(()=>{${kept}return (${gap}${printed})})();`;
}

function printConstructor(
  p: Printer,
  member: MethodDefinition,
  scope: Scope,
  links: string[],
  derived: boolean,
): string {
  const fn = member.value as FunctionNode;
  const gap = p.gap(member.start, member.key.start) + p.gap(member.key.end, fn.start);
  if (derived || mentions(fn, (node) => node.type === 'Super') || returnsValue(fn)) {
    const { text } = printBody(p, fn, scope, { suspendable: false, hasLateThis: derived, newTarget: 'native' });
    return `constructor${gap}${text}`;
  }
  const twin = `#${p.unique('c').slice(1)}`;
  const { text, newTarget } = printBody(p, fn, scope);
  links.push(`[0,"","constructor",function(){return this.${twin}.apply(this,arguments)},${lengthOf(fn)}]`);
  const start = `this.${twin}(...$rt_v)`;
  return (
    `constructor(...$rt_v){if($rt_v[0]!==$rt.BARE)$rt.drive(${newTarget ? `$rt.aim(new.target,()=>${start})` : start})}${gap}` +
    (newTarget
      ? `${twin}(){const $rt_new=$rt.target();return (function*${text}).apply(this,arguments)}`
      : `*${twin}${text}`)
  );
}

function returnsValue(fn: FunctionNode): boolean {
  let found = false;
  walk(fn.body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument !== null && node.argument !== undefined) found = true;
    return !isFunction(node);
  });
  return found;
}
