// Finds the examples: the `ts` blocks of READMEs, and of docstrings in the packages' sources.
// Turns each into a program that checks what its comments say: `expression; // => value`,
// and `statement; // throws 'part of the message'`.

import { parseSync } from 'vite';
import { filesBelow, packages, read } from './repository.ts';

/** An example, and where it stands. */
export interface Example {
  readonly file: string;
  readonly line: number;
  readonly source: string;
}

/** Lists the examples of the root's README and of every package that is, or is going to be, published. */
export function findExamples(): Example[] {
  const published = packages().filter(({ isPublished, exports }) => isPublished || exports.length > 0);
  const readmes = ['README.md', ...published.map(({ folder }) => `packages/${folder}/README.md`)];
  const sources = published.flatMap(({ folder }) => filesBelow(`packages/${folder}/src`, '.ts'));
  return [...readmes, ...sources].flatMap((file) => examplesIn(file, read(file)));
}

/** Lists the examples of one file: fenced blocks, in a docstring behind their asterisks. */
export function examplesIn(file: string, text: string): Example[] {
  const examples: Example[] = [];
  const fence = file.endsWith('.md')
    ? /^(?<indent>)```ts\n(?<body>[\s\S]*?)^```$/gm
    : /^(?<indent> *\* )```ts\n(?<body>[\s\S]*?)^ *\* ```$/gm;
  for (const { index, groups } of text.matchAll(fence)) {
    const { indent, body } = groups as { indent: string; body: string };
    const lines = body
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.replace(/^ *\*$/, '')));
    examples.push({ file, line: text.slice(0, index).split('\n').length + 1, source: lines.join('\n') });
  }
  return examples;
}

/** The program that an example becomes, and how many checks it must pass. */
export interface Program {
  readonly source: string;
  readonly checks: number;
}

interface Statement {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly expression?: { readonly start: number; readonly end: number };
}

/** Rewrites the statements that a comment says something about into calls of the checks. */
export function toProgram(example: Example): Program {
  const { source } = example;
  const parsed = parseSync('example.ts', source);
  if (parsed.errors.length > 0) throw new Error(`${example.file}:${example.line}: ${parsed.errors[0]!.message}`);
  const statements = statementsOf(parsed.program);
  let result = source;
  let checks = 0;
  for (const comment of parsed.comments.toReversed()) {
    const claim = /^ (?<kind>=>|throws) (?<what>.+)$/.exec(comment.value)?.groups as
      | { kind: string; what: string }
      | undefined;
    if (claim === undefined) continue;
    const statement = statements.find(
      ({ end }) => end <= comment.start && /^[ \t]*$/.test(source.slice(end, comment.start)),
    );
    if (statement?.expression === undefined) {
      throw new Error(`${example.file}:${example.line}: nothing stands before "//${comment.value}"`);
    }
    const { start, end } = statement.expression;
    const expression = source.slice(start, end);
    const call =
      claim.kind === '=>'
        ? `checkValue(${expression}, ${claim.what});`
        : `checkThrows(() => ${expression}, ${claim.what});`;
    result = result.slice(0, statement.start) + call + result.slice(statement.end);
    checks++;
  }
  return { source: `import { checkThrows, checkValue } from './checks.js';\n${result}\nexport {};\n`, checks };
}

/** Collects expression statements at any depth. */
function statementsOf(node: unknown): Statement[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = (node as Statement).type === 'ExpressionStatement' ? [node as Statement] : [];
  return [...own, ...Object.values(node).flatMap((child) => statementsOf(child))];
}

/** Is the module that the programs import: it counts its calls, and prints the count at the end. */
export const CHECKS = `import { deepStrictEqual, throws } from 'node:assert/strict';
import { isMainThread } from 'node:worker_threads';
let count = 0;
export function checkValue<T>(actual: T, expected: unknown): void {
  deepStrictEqual(actual, expected);
  count++;
}
export function checkThrows(action: () => unknown, part: string): void {
  throws(action, (error: unknown) => error instanceof Error && error.message.includes(part));
  count++;
}
if (isMainThread) process.on('exit', () => console.log(\`\${count} checks passed\`));
`;
