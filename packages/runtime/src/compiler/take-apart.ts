// Has regenerator take the control flow of a lowered machine apart, and reads what it made: numbered blocks between
// jumps, and the regions that exceptions and jumps out of try statements go by.
//
// Regenerator gives
//   var temporaries;
//   return _regenerator().w(function (context) { while (1) switch (context.n) { case 0: ... } }, ..., regions)
// where context.n is where to go on, context.p where it is, context.v what a wait gave, or what was caught,
// context.a(2, value) returns, context.a(3, block) jumps, and context.f(block) ends the finally block that begins there.

import type { types } from '@babel/core';
import type { Tools } from './babel.ts';

/** Is a block as regenerator has it. */
export interface RawBlock {
  readonly label: number;
  readonly statements: types.Statement[];
}

/** Is where a try statement begins, and its catch block, its finally block, and what comes after that; null for none. */
export type Region = readonly [first: number, handler: number | null, final: number | null, after: number | null];

/** Is a machine that was taken apart. */
export interface Apart {
  readonly blocks: RawBlock[];
  readonly regions: readonly Region[];
  /** Regenerator's own variables. */
  readonly temporaries: readonly string[];
  /** The name of the context. */
  readonly context: string;
}

/** Takes the body of a generator function apart. */
export function takeApart({ babel, regenerator }: Tools, body: types.BlockStatement): Apart {
  const { types: t } = babel;
  const name = '_machine';
  const file = t.file(t.program([t.functionDeclaration(t.identifier(name), [], body, true)], [], 'module'));
  const { ast } = babel.transformFromAstSync(file, undefined, {
    plugins: [[regenerator, { async: false, asyncGenerators: false }]],
    ast: true,
    code: false,
    configFile: false,
    babelrc: false,
    cloneInputAst: false,
  })!;
  const made = ast!.program.body.find(
    (node) => t.isFunctionDeclaration(node, { generator: false }) && node.id?.name === name,
  );
  const statements = (made as types.FunctionDeclaration).body.body;
  const temporaries = statements.flatMap((node) =>
    t.isVariableDeclaration(node) ? node.declarations.map(({ id }) => (id as types.Identifier).name) : [],
  );
  const [inner, , , regions] = ((statements.at(-1) as types.ReturnStatement).argument as types.CallExpression)
    .arguments;
  const run = inner as types.FunctionExpression;
  const loop = run.body.body[0] as types.WhileStatement;
  return {
    blocks: (loop.body as types.SwitchStatement).cases.map(({ test, consequent }) => ({
      label: (test as types.NumericLiteral).value,
      statements: consequent,
    })),
    regions: ((regions as types.ArrayExpression | undefined)?.elements ?? []).map(regionOf),
    temporaries,
    context: (run.params[0] as types.Identifier).name,
  };
}

function regionOf(element: types.Node | null): Region {
  const [first, handler = null, final = null, after = null] = (element as types.ArrayExpression).elements.map(
    (loc) => (loc as types.NumericLiteral | null)?.value ?? null,
  );
  return [first!, handler, final, after];
}
