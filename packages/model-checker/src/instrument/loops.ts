// Loops. Each round begins with a mark, which tells the engine the variables that the loop
// carries from round to round: a round that changes none of them, and writes nothing, only
// waits for another thread (src/engine/spin.ts).

import type { DoWhileStatement, ForInStatement, ForOfStatement, ForStatement, WhileStatement } from 'estree';
import { printAssignmentTo } from './assignments.ts';
import { assignedNames, declaredNames } from './ast.ts';
import type { Printer } from './printer.ts';
import { temporary, type Scope } from './scope.ts';
import { isDisposable, printDisposal, printUse } from './using.ts';

/** Prints a `while`, `do` or `for` loop; each label ends with a colon. */
export function printLoop(
  p: Printer,
  node: WhileStatement | DoWhileStatement | ForStatement,
  scope: Scope,
  labels: string,
): string {
  if (node.type === 'ForStatement' && node.init?.type === 'VariableDeclaration' && isDisposable(node.init))
    p.fail(node, 'using in the head of a for loop');
  if (!scope.suspendable) return labels + p.copy(node, scope);
  const loop = p.unique('l');
  const mark = `($rt.round(${[loop, ...carriedNames(node, scope)].join(',')})&&(yield))`;
  const start = `const ${loop}=$rt.loop(${p.site(node)});try{${labels}`;
  const end = `}finally{$rt.exit(${loop})}`;
  const body = p.print(node.body, scope);
  if (node.type === 'DoWhileStatement') {
    const gap = p.gap(node.body.end, node.test.start);
    return `{${start}do${p.gap(node.start, node.body.start)}{${mark};${body}}${gap}while(${p.value(node.test, scope)});${end}}`;
  }
  let position = node.start;
  const part = (child: Parameters<Printer['value']>[0] | null | undefined): string => {
    if (child === null || child === undefined) return '';
    const printed = p.gap(position, child.start) + p.value(child, scope);
    position = child.end;
    return printed;
  };
  const init = node.type === 'ForStatement' ? part(node.init) : '';
  const test = part(node.test);
  // `true` keeps an endless loop one, whatever the mark returns.
  const condition = test === '' ? `(${mark},true)` : `${mark},(${test})`;
  const update = node.type === 'ForStatement' ? part(node.update) : '';
  const before = p.gap(position, node.body.start);
  if (node.type === 'WhileStatement') return `{${start}while(${condition}${before})${body}${end}}`;
  return `{${start}for(${init};${condition};${update}${before})${body}${end}}`;
}

/** Lists the function's own variables that the loop assigns and the next round can see. */
function carriedNames(node: WhileStatement | DoWhileStatement | ForStatement, scope: Scope): string[] {
  const inside = declaredNames(node.body);
  const outside = new Set<string>();
  for (const name of scope.locals ?? []) if (!inside.has(name)) outside.add(name);
  return [...assignedNames(node)].filter((name) => outside.has(name));
}

/** Prints what the head of a `for … of` or `for … in` does with each value. */
function printTarget(p: Printer, left: ForOfStatement['left'], value: string, scope: Scope): string {
  if (left.type !== 'VariableDeclaration') return `${printAssignmentTo(p, left, '=', value, scope)};`;
  return `${left.kind} ${p.print(left.declarations[0]!.id, scope)}=${value};`;
}

/** Prints the line breaks of a head but for those of its target, which is printed in the body. */
function beforeRight(p: Printer, node: ForInStatement | ForOfStatement): string {
  return p.gap(node.start, node.left.start) + p.gap(node.left.end, node.right.start);
}

/** Prints a `for … in` loop. */
export function printForIn(p: Printer, node: ForInStatement, scope: Scope, labels: string): string {
  const { left } = node;
  if (left.type === 'VariableDeclaration' || left.type === 'Identifier') return labels + p.copy(node, scope);
  const key = p.unique('k');
  const gap = p.gap(node.right.end, node.body.start);
  const target = printTarget(p, left, key, scope);
  return `${labels}for(const ${key} in ${beforeRight(p, node)}${p.value(node.right, scope)}${gap}){${target}${p.print(node.body, scope)}}`;
}

/** Prints a `for … of` loop: its iterator may be a generator that the scheduler suspends. */
export function printForOf(p: Printer, node: ForOfStatement, scope: Scope, labels: string): string {
  const { left } = node;
  const step = p.unique('r');
  const disposable = left.type === 'VariableDeclaration' && isDisposable(left) ? left : undefined;
  const stack = disposable === undefined ? '' : p.unique('u');
  const bind = (value: string): string =>
    disposable === undefined
      ? printTarget(p, left, value, scope)
      : `const ${p.source(disposable.declarations[0]!.id)}=${printUse(stack, value, disposable)};`;
  const finish = (target: string): string => {
    const inside = target + p.gap(node.right.end, node.body.start) + p.print(node.body, scope);
    return disposable === undefined ? inside : printDisposal(stack, inside, scope);
  };
  const right = beforeRight(p, node) + p.value(node.right, scope);
  if (!scope.suspendable) {
    const source = node.await ? right : `$rt.spread(${right})`;
    return `${labels}for${node.await ? ' await' : ''}(const ${step} of ${source}){${finish(bind(step))}}`;
  }
  const iteration = temporary(scope, p.unique('i'));
  const open = temporary(scope, p.unique('d'));
  temporary(scope, step);
  const next = p.resume(scope, `$rt.step(${iteration})`);
  const value = node.await ? `${iteration}.isSync?yield $rt.await(${step}.value):${step}.value` : `${step}.value`;
  // What the iterator itself throws does not close it.
  const more = `!$rt.isDone(${step})&&(${step}=${value},true)`;
  return (
    `{${iteration}=${p.resume(scope, `$rt.${node.await ? 'iterateAsync' : 'iterate'}(${right})`)};${open}=0;try{` +
    `${labels}for(;${step}=${node.await ? `(yield $rt.await(${next}))` : next},${more};${open}=0){` +
    `${open}=1;${finish(bind(step))}}` +
    `}catch($rt_e){${open}=$rt.thrown($rt_e,${open});throw $rt_e}` +
    `finally{if(${open})yield* $rt.${node.await ? 'closeAsync' : 'close'}(${iteration},${open})}}`
  );
}
