// What the printer knows of the function it is in: whether the code may be suspended there,
// which variables it may use for its own ends, and which private names mean what.

import { assignedNames, boundNames, declaredNames, isFunction, walk, type FunctionNode, type Node } from './ast.ts';

/** What kind of member a private name is. */
export type PrivateKind = 'field' | 'method' | 'async' | 'generator' | 'accessor';

/** The private names of a class and of the classes around it. */
export type PrivateNames = ReadonlyMap<string, PrivateKind>;

/** What the generators of arrow functions cannot say themselves, so that the function around them keeps it. */
export interface Needs {
  arguments: boolean;
  superMember: boolean;
  newTarget: boolean;
}

const noNeeds = (): Needs => ({ arguments: false, superMember: false, newTarget: false });

/** The function, or other stretch of code, that is being printed. */
export interface Scope {
  /** True in a generator that the scheduler drives: the code may be suspended at any operation. */
  readonly suspendable: boolean;
  /** True in an arrow function, whose `arguments` are those of the function around it. */
  readonly arrow: boolean;
  /** The names declared in the function; undefined at the top of a module, where all are its own. */
  readonly locals: ReadonlySet<string> | undefined;
  readonly privates: PrivateNames;
  /** The scope of the function around an arrow function. */
  readonly outer: Scope | undefined;
  /** Variables to be declared at the start of the function. */
  readonly temporaries: string[];
  /** What arrow functions within need of this function: shared by copies of the scope. */
  readonly needs: Needs;
  /** True in the constructor of a derived class, where there is no `this` before `super()`. */
  readonly hasLateThis: boolean;
  /** Where `new.target` comes from: the function's driver, nowhere, or the language. */
  readonly newTarget: 'driver' | 'none' | 'native';
}

/** Opens the scope of code that is not in a function: a module, or in `outer` a field's value or a static block. */
export function plainScope(privates: PrivateNames, outer?: Scope): Scope {
  return {
    suspendable: false,
    arrow: false,
    locals: outer === undefined ? undefined : new Set(),
    privates,
    outer,
    temporaries: [],
    needs: noNeeds(),
    hasLateThis: false,
    newTarget: 'none',
  };
}

/** Opens the scope of a function's body. */
export function functionScope(fn: FunctionNode, outer: Scope, suspendable: boolean): Scope {
  const locals = declaredNames(fn);
  for (const parameter of fn.params) for (const name of boundNames(parameter)) locals.add(name);
  return {
    suspendable,
    arrow: fn.type === 'ArrowFunctionExpression',
    locals,
    privates: outer.privates,
    outer,
    temporaries: [],
    needs: noNeeds(),
    hasLateThis: false,
    newTarget: fn.type === 'ArrowFunctionExpression' ? 'none' : 'driver',
  };
}

/** Finds the function, field or block whose `this`, `arguments` and `super` hold in the scope. */
export function ownerOf(scope: Scope): Scope {
  let owner = scope;
  while (owner.arrow && owner.outer !== undefined) owner = owner.outer;
  return owner;
}

/** Prints what has to stand at the start of the function's body, once all of it is printed. */
export function prologue(scope: Scope): string {
  const { needs, temporaries } = scope;
  return (
    (temporaries.length > 0 ? `let ${temporaries.join(',')};` : '') +
    (needs.newTarget && scope.newTarget === 'none' ? 'const $rt_new=void 0;' : '') +
    (needs.newTarget && scope.newTarget === 'native' ? 'const $rt_new=new.target;' : '') +
    (needs.arguments ? 'const $rt_args=arguments;' : '') +
    (needs.superMember ? 'const $rt_super=($rt_k,...$rt_v)=>$rt_v.length>0?super[$rt_k]=$rt_v[0]:super[$rt_k];' : '')
  );
}

/** Says whether an assignment to the name changes a variable of a function further out. */
export function isOuterVariable(scope: Scope, name: string): boolean {
  return scope.locals !== undefined && !scope.locals.has(name);
}

/** Reserves a variable at the start of the function. */
export function temporary(scope: Scope, name: string): string {
  if (!scope.temporaries.includes(name)) scope.temporaries.push(name);
  return name;
}

// What a function must not contain to be left as it is: anything that may run other code,
// touch memory, or go round in circles.
const ACTIVE = new Set([
  'CallExpression',
  'NewExpression',
  'ImportExpression',
  'TaggedTemplateExpression',
  'AwaitExpression',
  'YieldExpression',
  'MemberExpression',
  'SpreadElement',
  'ArrayPattern',
  'ObjectPattern',
  'ClassDeclaration',
  'ClassExpression',
  'ThisExpression',
  'MetaProperty',
  'Super',
]);

/** Tells whether a function computes with its parameters only, so that it needs no instrumentation. */
export function isLeaf(fn: FunctionNode): boolean {
  if (fn.generator === true || fn.async === true) return false;
  const locals = declaredNames(fn);
  for (const parameter of fn.params) for (const name of boundNames(parameter)) locals.add(name);
  for (const name of assignedNames(fn)) if (!locals.has(name)) return false;
  let leaf = true;
  walk(fn, (node: Node) => {
    if (node !== fn && (ACTIVE.has(node.type) || isFunction(node) || isLoop(node))) leaf = false;
    if (node.type === 'VariableDeclaration' && node.kind.endsWith('using')) leaf = false;
    if (node.type === 'Identifier' && node.name === 'Promise') leaf = false;
    return leaf;
  });
  return leaf;
}

/** Tells whether the node is a loop. */
export function isLoop(node: Node): boolean {
  return /^(?:While|DoWhile|For|ForOf|ForIn)Statement$/.test(node.type);
}

/** Tells whether a function, not one within it, says what `matches` looks for; arrow functions count as part of it. */
export function mentions(fn: Node, matches: (node: Node) => boolean): boolean {
  let found = false;
  walk(fn, (node) => {
    if (node !== fn && (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression')) return false;
    if (node.type === 'PropertyDefinition' || node.type === 'StaticBlock') return false;
    if (matches(node)) found = true;
    return !found;
  });
  return found;
}
