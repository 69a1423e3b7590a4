// Every public name is documented, in the words of the house: its first sentence begins with
// a verb, which says what the thing does for the reader.

import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';
import { filesBelow, packages, read } from './repository.ts';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A name that a package exports, or a member of a class it exports, with its docstring. */
interface Documented {
  readonly name: string;
  readonly doc: string | undefined;
}

/** Lists the exported declarations of a module and the public members of its classes. */
export function documentedIn(source: string): Documented[] {
  const { program, comments } = parseSync('module.ts', source);
  const docBefore = (start: number): string | undefined => {
    const comment = comments.findLast(({ end }) => end <= start);
    const stands = comment !== undefined && /^\s*$/.test(source.slice(comment.end, start));
    if (!stands || comment.type !== 'Block' || !comment.value.startsWith('*')) return undefined;
    return comment.value.replace(/^[\s*]+/gm, '').trim();
  };
  return callable(program.body as unknown as Node[]).flatMap((statement): Documented[] => {
    const declaration = statement['declaration'] as Node | null | undefined;
    if (statement.type !== 'ExportNamedDeclaration' || declaration === null || declaration === undefined) return [];
    const declared = (declaration['declarations'] as Node[] | undefined)?.[0] ?? declaration;
    const { name } = declared['id'] as { name: string };
    const own = { name, doc: docBefore(statement.start) };
    if (declaration.type !== 'ClassDeclaration') return [own];
    const members = callable((declaration['body'] as { body: Node[] }).body).filter(isDocumentedMember);
    return [own, ...members.map((member) => ({ name: `${name}.${memberName(member)}`, doc: docBefore(member.start) }))];
  });
}

/** Leaves out functions and methods that stand below the signatures they are called by: each of those has its docs. */
function callable(nodes: readonly Node[]): Node[] {
  const signatureOf = (node: Node | undefined): string | undefined => {
    const declared = (node?.['declaration'] ?? node) as Node | undefined;
    if (declared?.type === 'TSDeclareFunction') return (declared['id'] as { name: string }).name;
    const hasNoBody = (declared?.['value'] as Node | undefined)?.type === 'TSEmptyBodyFunctionExpression';
    return declared !== undefined && hasNoBody ? memberName(declared) : undefined;
  };
  const nameOf = (node: Node): string | undefined => {
    const declared = (node['declaration'] ?? node) as Node;
    if (declared.type === 'FunctionDeclaration') return (declared['id'] as { name: string }).name;
    return declared.type === 'MethodDefinition' ? memberName(declared) : undefined;
  };
  return nodes.filter((node, i) => {
    if (signatureOf(node) !== undefined) return true;
    const name = nameOf(node);
    return name === undefined || signatureOf(nodes[i - 1]) !== name;
  });
}

/** Leaves out what is private, or inherits its docs, or is a constructor or a well-known symbol. */
function isDocumentedMember(member: Node): boolean {
  if (member['override'] === true || member['computed'] === true) return false;
  if (member['accessibility'] === 'private' || member['kind'] === 'constructor') return false;
  return (member['key'] as Node | undefined)?.type === 'Identifier';
}

function memberName(member: Node): string {
  return (member['key'] as { name: string }).name;
}

/** Lists the names that an entry point re-exports, by the file they come from. */
function reexported(entry: string): Map<string, string[]> {
  const { program } = parseSync('entry.ts', read(entry));
  const byFile = new Map<string, string[]>();
  for (const statement of program.body as unknown as Node[]) {
    const { source, specifiers } = statement as unknown as {
      source: { value: string } | null;
      specifiers: { exported: { name: string } }[];
    };
    if (statement.type !== 'ExportNamedDeclaration' || source === null)
      throw new Error(`${entry} does more than re-export`);
    if (!source.value.startsWith('.')) continue; // of another package, which documents it
    const file = new URL(source.value, `file:///${entry}`).pathname.slice(1);
    byFile.set(file, [...(byFile.get(file) ?? []), ...specifiers.map(({ exported }) => exported.name)]);
  }
  return byFile;
}

const VERB = /^(?!This|Its|Always)(?:[A-Z][a-z]*-)?[A-Za-z]+s\b/;
const published = packages().filter(({ isPublished }) => isPublished);
const entries = published.flatMap(({ folder }) =>
  filesBelow(`packages/${folder}/src`, '.ts').filter((file) => file.endsWith('/index.ts')),
);

it('finds the entry points', () => {
  expect(entries).toEqual(
    expect.arrayContaining(['packages/atomics/src/index.ts', 'packages/mini-exec/src/net/index.ts']),
  );
});

describe.each(entries)('%s', (entry) => {
  for (const [file, names] of reexported(entry)) {
    const documented = documentedIn(read(file));
    const exported = documented.filter(({ name }) => names.includes(name.split('.')[0]!));
    it.each(exported)(`${file} documents $name`, ({ doc }) => {
      expect(doc).toMatch(VERB);
    });
    it(`${file} declares what is exported`, () => {
      expect(exported.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    });
  }
});

it('sees what is missing', () => {
  const found = documentedIn(`
    /** Adds. */
    export function add() {}
    // Not a docstring.
    export const one = 1;
    /** Gives. */
    export function give(value: number): void;
    export function give(text: string): void;
    export function give(either: unknown): void {}
    /** Holds. */
    export class Box {
      /** Opens it. */
      open() {}
      close() {}
      #hidden() {}
      override toString() {}
    }`);
  expect(found).toEqual([
    { name: 'add', doc: 'Adds.' },
    { name: 'one', doc: undefined },
    { name: 'give', doc: 'Gives.' },
    { name: 'give', doc: undefined },
    { name: 'Box', doc: 'Holds.' },
    { name: 'Box.open', doc: 'Opens it.' },
    { name: 'Box.close', doc: undefined },
  ]);
});
