// The decision records keep their form, name what exists, and list the shared-memory accesses
// of their packages: every id in a table stands in the source, and every id in the source in
// the table.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, packages, read, root } from './repository.ts';

const SECTIONS = ['Status', 'Context', 'Decision', 'Ordering', 'Alternatives', 'Consequences', 'Confirmed by'];
const MOST_WORDS = 800;
/** The files that do what the code under test asks for: the accesses are that code's, and have their ids there. */
const PERFORMS = /^packages\/model-checker\/src\/(?:engine|runtime)\//;
const records = filesBelow('adr', '.md');

/** Splits a record into its title and sections. */
function parse(text: string): { title: string; sections: Map<string, string> } {
  const [head, ...rest] = text.split(/^## /m);
  const sections = new Map(rest.map((part) => [part.split('\n')[0]!, part.slice(part.indexOf('\n'))] as const));
  return { title: head!.split('\n')[0]!, sections };
}

/** Counts the words of a page: not those of tables and of comments for the author. */
export function countWords(text: string): number {
  const prose = text.replace(/<!--[\s\S]*?-->/g, '').replace(/^\|.*$/gm, '');
  return prose.split(/\s+/).filter((word) => /\w/.test(word)).length;
}

/** Lists the ids of an ordering table, from its first column. */
export function tableIds(section: string): string[] {
  return [...section.matchAll(/^\|\s*([A-Z]\d+)\s*\|/gm)].map(([, id]) => id!);
}

/** Lists the ids that comments in the source attach to accesses. */
export function sourceIds(source: string): string[] {
  const comments = source.match(/\/\/ (ORDERING\([A-Z]\d+\):|[A-Z]\d+(: | *$)).*$/gm) ?? [];
  return [...new Set(comments.map((comment) => /[A-Z]\d+/.exec(comment.replace('ORDERING', ''))![0]))];
}

it('are numbered without gaps, the template first', () => {
  const numbers = records.map((file) => Number(/\/(\d{4})-[a-z-]+\.md$/.exec(file)?.[1]));
  expect(numbers).toEqual(numbers.map((_, i) => i));
  expect(records[0]).toBe('adr/0000-template.md');
});

describe.each(records)('%s', (file) => {
  const text = read(file);
  const { title, sections } = parse(text);

  it('has a numbered title and every section, in order', () => {
    expect(title).toMatch(new RegExp(`^# ${/\d{4}/.exec(file)![0]}: \\S`));
    expect([...sections.keys()]).toEqual(SECTIONS);
  });

  it('is one page', () => {
    expect(countWords(text)).toBeLessThanOrEqual(MOST_WORDS);
  });

  it('names files that exist', () => {
    const paths = [...text.matchAll(/`(?:node )?((?:packages|adr|\.ci|\.github)\/[\w./-]+)`/g)].map(
      ([, path]) => path!,
    );
    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
  });
});

describe.each(packages().filter(({ isPublished }) => isPublished))('$name', ({ folder, name }) => {
  const record = records.find((file) => read(file).includes(`Package \`${name}\`.`));
  const sources = filesBelow(`packages/${folder}/src`, '.ts');

  it('has a record', () => {
    expect(record).toBeDefined();
  });

  it('has the same ids in its source and in its ordering table', () => {
    const inTable = tableIds(parse(read(record!)).sections.get('Ordering')!);
    const inSource = [...new Set(sources.flatMap((file) => sourceIds(read(file))))];
    expect(inSource.toSorted()).toEqual(inTable.toSorted());
  });

  it('speaks of no other ids in its ordering table', () => {
    const table = parse(read(record!)).sections.get('Ordering')!;
    const mentioned = [...table.matchAll(/\b[A-Z]\d+\b/g)].map(([id]) => id);
    expect(tableIds(table)).toEqual(expect.arrayContaining([...new Set(mentioned)]));
  });

  it('has an id at every atomic access', () => {
    const own = sources.filter((file) => !PERFORMS.test(file));
    const bare = own.flatMap((file) => unmarkedAccesses(read(file)).map((line) => `${file}:${line}`));
    expect(bare).toEqual([]);
  });
});

/** Lists the lines of atomic accesses that have no id, neither on them nor in the comment above. */
export function unmarkedAccesses(source: string): number[] {
  const lines = source.split('\n');
  const access =
    /(?<![`'.\w])Atomics\.(?:add|and|compareExchange|exchange|load|notify|or|store|sub|wait|waitAsync|xor)\(/;
  return lines.flatMap((line, i) => {
    if (!access.test(line) || /^\s*(?:\/\/|\*)/.test(line)) return [];
    let above = i - 1;
    while (/^\s*\/\//.test(lines[above] ?? '') && !/ORDERING/.test(lines[above]!)) above--;
    const marked = /\/\/ [A-Z]\d+/.test(line) || /ORDERING\([A-Z]\d+\)/.test(lines[above] ?? '');
    return marked ? [] : [i + 1];
  });
}

describe('the checks', () => {
  it('count words of prose only', () => {
    expect(countWords('# Two words\n| a | table | row |\n<!-- hidden words -->\nmore - here\n')).toBe(4);
  });

  it('find ids in tables and sources', () => {
    expect(tableIds('| id | where |\n| --- | --- |\n| X1 | here |\n| X2 | there |\n')).toEqual(['X1', 'X2']);
    expect(
      sourceIds('// ORDERING(X1): why.\na(); // X2\nb(); // X3: plain.\n// See Y1 for more.\nc(); // X2\n'),
    ).toEqual(['X1', 'X2', 'X3']);
  });

  it('find an access without an id', () => {
    const source =
      '// ORDERING(X1): why,\n// on two lines.\nAtomics.load(a, 0);\nAtomics.store(a, 0, 1);\nAtomics.wait(a, 0, 0); // X2\n';
    expect(unmarkedAccesses(source)).toEqual([4]);
  });
});
