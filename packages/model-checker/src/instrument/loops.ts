// Loops. Each round begins with a mark, which tells the engine the variables that the loop
// carries from round to round: a round that changes none of them, and writes nothing, only
// waits for another thread (src/engine/spin.ts).

import type { DoWhileStatement, ForOfStatement, ForStatement, Pattern, WhileStatement } from 'estree';
import { assignedNames, declaredNames, isFunction, walk, type Node } from './ast.ts';
import type { Printer } from './printer.ts';
import { temporary, type Scope } from './scope.ts';

/** Prints a `while`, `do` or `for` loop; the label ends with a colon, or is empty. */
export function printLoop(
  p: Printer,
  node: WhileStatement | DoWhileStatement | ForStatement,
  scope: Scope,
  label: string,
): string {
  if (!scope.suspendable) return label + p.copy(node, scope);
  const loop = p.unique('l');
  const mark = `($rt.round(${[loop, ...carriedNames(node, scope)].join(',')})&&(yield))`;
  const start = `const ${loop}=$rt.loop(${p.site(node)});try{${label}`;
  const end = `}finally{$rt.exit(${loop})}`;
  const body = p.print(node.body, scope);
  if (node.type === 'DoWhileStatement') {
    return `{${start}do{${mark};${body}}while(${p.value(node.test, scope)});${end}}`;
  }
  const test = node.test === null || node.test === undefined ? '' : `,(${p.value(node.test, scope)})`;
  // `true` keeps an endless loop one, whatever the mark returns.
  const condition = test === '' ? `(${mark},true)` : `${mark}${test}`;
  if (node.type === 'WhileStatement') return `{${start}while(${condition})${body}${end}}`;
  const init = node.init === null || node.init === undefined ? '' : p.value(node.init, scope).replace(/;\s*$/, '');
  const update = node.update === null || node.update === undefined ? '' : p.value(node.update, scope);
  return `{${start}for(${init};${condition};${update})${body}${end}}`;
}

/** Lists the function's own variables that the loop assigns and the next round can see. */
function carriedNames(node: WhileStatement | DoWhileStatement | ForStatement, scope: Scope): string[] {
  const inside = declaredNames(node.body);
  const outside = new Set<string>();
  for (const name of scope.locals ?? []) if (!inside.has(name)) outside.add(name);
  return [...assignedNames(node)].filter((name) => outside.has(name));
}

/** Prints a `for … of` loop: its iterator may be a generator that the scheduler suspends. */
export function printForOf(p: Printer, node: ForOfStatement, scope: Scope, label: string): string {
  if (node.await) p.fail(node, 'for await');
  if (!scope.suspendable) {
    const left = p.code.slice(node.start, node.right.start);
    return `${label}${left}$rt.spread(${p.value(node.right, scope)})${p.code.slice(node.right.end, node.body.start)}${p.print(node.body, scope)}`;
  }
  const iterator = temporary(scope, p.unique('i'));
  const step = temporary(scope, p.unique('r'));
  const open = temporary(scope, p.unique('d'));
  requirePlainTarget(p, node.left);
  const target =
    node.left.type === 'VariableDeclaration'
      ? `${node.left.kind} ${p.print(node.left.declarations[0]!.id, scope)}`
      : p.source(node.left);
  if (node.left.type === 'VariableDeclaration' && /using$/.test(node.left.kind)) p.fail(node, 'using in a loop head');
  return (
    `{${iterator}=$rt.iterator(${p.value(node.right, scope)});${open}=false;try{` +
    `${label}for(;${step}=${p.resume(scope, `$rt.next(${iterator})`)},!${step}.done||(${open}=false);){` +
    `${target}=${step}.value;${open}=true;${p.print(node.body, scope)}}` +
    `}finally{if(${open}&&${iterator}.return!==undefined)${p.resume(scope, `$rt.method(${iterator},"return")`)}}}`
  );
}

function requirePlainTarget(p: Printer, target: ForOfStatement['left']): void {
  walk(target as Pattern as Node, (node) => {
    if (node.type === 'MemberExpression') p.fail(node, 'a for-of loop that assigns to a member');
    return !isFunction(node);
  });
}
