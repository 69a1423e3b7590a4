// Calls of private members. Which kind of member a private name is, the class around it says,
// so that its generator can be called directly.

import { isSimple } from './members.ts';
import type { Printer } from './printer.ts';
import { temporary, type Scope } from './scope.ts';

/** Prints `o.#m(a)`; which kind of member `#m` is, the class says. The name may begin with line breaks. */
export function printPrivateCall(p: Printer, object: string, name: string, args: string, scope: Scope): string {
  const operand = isSimple(object) ? object : `(${object})`;
  const kind = scope.privates.get(name.trim().slice(1));
  switch (kind) {
    case 'method':
      return `(yield* ${operand}.${name}$rt(${args}))`;
    case 'async':
      return `(yield* $rt.callAsync(${operand}.${name}$rt(${args})))`;
    case 'generator':
      return `${operand}.${name}(${args})`;
    case 'accessor':
    default: {
      const self = temporary(scope, p.unique('o'));
      const read = kind === 'accessor' ? `(yield* ${self}.${name}$rtget())` : `${self}.${name}`;
      return `(${self}=${object},${p.resume(scope, `$rt.invoke(${read},${self}${args === '' ? '' : `,${args}`})`)})`;
    }
  }
}
