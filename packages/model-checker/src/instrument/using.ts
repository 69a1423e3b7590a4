// `using` declarations, so that `Symbol.dispose` of a guard is suspendable too, on engines
// that have the syntax and on those that do not.

import type { VariableDeclaration } from 'estree';
import type { Node } from './ast.ts';
import { printNamed } from './names.ts';
import type { Printer } from './printer.ts';
import type { Scope } from './scope.ts';

/** Tells whether a statement is a `using` declaration. */
export function declaresDisposable(statement: Node): boolean {
  return statement.type === 'VariableDeclaration' && isDisposable(statement);
}

/** Tells whether a declaration is `using` or `await using`. */
export function isDisposable({ kind }: VariableDeclaration): boolean {
  return kind.endsWith('using');
}

/** Prints a block whose resources are disposed of at its end, in reverse order. */
export function printWithDisposal(
  p: Printer,
  node: Node & { body: readonly Node[] },
  scope: Scope,
  each: (statement: Node) => string,
  links: string,
): string {
  const stack = p.unique('u');
  const printed = p.copy(node, scope, (statement) => {
    if (statement.type !== 'VariableDeclaration' || !isDisposable(statement)) return each(statement);
    const declared = statement.declarations.map(
      ({ id, init }) =>
        `${p.gap(statement.start, id.start)}${p.source(id)}=` +
        printUse(
          stack,
          p.gap(id.end, init!.start) + printNamed(p, init!, scope, JSON.stringify(p.source(id))),
          statement,
        ),
    );
    return p.fill(statement, `const ${declared.join(',')};`);
  });
  const open = printed.indexOf('{');
  const inside = printed.slice(open + 1, printed.lastIndexOf('}'));
  return `${printed.slice(0, open)}{${printDisposal(stack, links + inside, scope)}}`;
}

/** Prints the registration of a resource. */
export function printUse(stack: string, value: string, declaration: VariableDeclaration): string {
  return `$rt.use(${stack},${value},${(declaration.kind as string).startsWith('await')})`;
}

/** Prints statements after which the resources on a stack are disposed of. */
export function printDisposal(stack: string, statements: string, scope: Scope): string {
  const dispose = scope.suspendable ? `yield* $rt.dispose(${stack})` : `$rt.drive($rt.dispose(${stack}))`;
  return `const ${stack}=[];try{${statements}}catch($rt_e){$rt.failed(${stack},$rt_e)}finally{${dispose}}`;
}
