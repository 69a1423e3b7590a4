// `using` declarations, so that `Symbol.dispose` of a guard is suspendable too, on engines
// that have the syntax and on those that do not.

import type { Node } from './ast.ts';
import type { Printer } from './printer.ts';
import type { Scope } from './scope.ts';

/** Tells whether a statement is a `using` declaration. */
export function declaresDisposable(statement: Node): boolean {
  return statement.type === 'VariableDeclaration' && /using$/.test(statement.kind);
}

/** Prints a block whose resources are disposed of at its end, in reverse order. */
export function printWithDisposal(p: Printer, node: Node & { body: readonly Node[] }, scope: Scope): string {
  if (!scope.suspendable) p.fail(node, 'using outside of a function');
  const stack = p.unique('u');
  const printed = p.copy(node, scope, (statement) => {
    if (!declaresDisposable(statement) || statement.type !== 'VariableDeclaration') return p.statement(statement, scope);
    if ((statement.kind as string).startsWith('await')) p.fail(statement, 'await using');
    const declared = statement.declarations.map(
      ({ id, init }) => `${p.source(id)}=$rt.use(${stack},${p.value(init!, scope)})`,
    );
    return `const ${declared.join(',')};`;
  });
  const inside = printed.slice(printed.indexOf('{') + 1, printed.lastIndexOf('}'));
  return (
    `{const ${stack}=[];try{${inside}` +
    `}catch($e){$rt.failed(${stack},$e)}finally{yield* $rt.dispose(${stack})}}`
  );
}
