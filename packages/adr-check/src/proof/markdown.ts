// The proof as a page of Markdown. Nothing on it is written by hand, nor depends on the time or
// the machine: executions of models that are explored to the end are always as many, and of those
// that are not, or that are generated, the page gives no count.

import type { ModelProof, PackageProof, Proof } from './proof.ts';

/** What a page says of each package, by folder, for each runtime. */
export type RuntimeRows = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Is a page as tables, of which Markdown and HTML are made. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const HEAD = `What the tests of the last change have proved, written by \`npm run adr -- --write\` from the records that they left.
A test fails if this page says anything else. Generated models are others in each run: of them it says only that they passed.`;

const RUNTIMES = `The packages' own tests, with real threads, on the published files. What a runtime cannot pass is listed with its reason in
\`packages/publish-check/test/portable-exceptions.ts\`. A runtime that a run did not have keeps its row.`;

/**
 * Makes the sections of the page.
 *
 * @param runtimesBefore - what the page says of runtimes: it stays where this run has not been
 * @param isNewNamed - whether runtimes are named that the page does not name; a check does not ask for them,
 * since everybody's own Node is one
 */
export function sectionsOf(proof: Proof, runtimesBefore: RuntimeRows, isNewNamed: boolean): Section[] {
  return [
    {
      title: 'Proof',
      text: [HEAD, ...proof.unproved.map((name) => `Nothing is recorded of ${name} yet.`)].join(' '),
      columns: [
        'package',
        'models, in every interleaving',
        'executions',
        'models, within a budget',
        'mutants killed',
        'rows: atomic',
        'plain',
        'by tests only',
      ],
      rows: proof.packages.map(summaryOf),
    },
    {
      title: 'Runtimes',
      text: RUNTIMES,
      columns: ['runtime', ...packagesOf(proof)],
      rows: runtimesOf(proof, runtimesBefore, isNewNamed),
    },
    {
      title: 'The checker',
      text: `The model checker that explored all this passes ${proof.litmusTests} litmus tests of the memory model.`,
      columns: [],
      rows: [],
    },
    ...proof.packages.map(({ name, models }) => ({
      title: name,
      text: '',
      columns: ['test', 'models', 'executions', 'explored'],
      rows: models.map((model) => [model.test, model.isGenerated ? '–' : String(model.models), ...exploredOf(model)]),
    })),
  ];
}

function summaryOf({ name, record, models, mutants, rows }: PackageProof): string[] {
  const written = models.filter(({ isGenerated }) => !isGenerated);
  const whole = written.filter(({ isExhaustive }) => isExhaustive);
  const sum = (of: readonly ModelProof[], what: 'models' | 'executions'): number =>
    of.reduce((total, model) => total + model[what], 0);
  const bounded = sum(written, 'models') - sum(whole, 'models');
  const equivalent = mutants.equivalent > 0 ? `, ${mutants.equivalent} equivalent` : '';
  return [
    `${name} (${record.replace(/^adr\//, 'ADR ').replace(/-.*/, '')})`,
    String(sum(whole, 'models')),
    String(sum(whole, 'executions')),
    String(bounded),
    `${mutants.killed} of ${mutants.killed + mutants.survived}${equivalent}`,
    String(rows.atomic),
    String(rows.plain),
    String(rows.tested),
  ];
}

/** Says how many executions there were, where that is always the same, and whether those are all. */
function exploredOf({ isExhaustive, isGenerated, executions }: ModelProof): [executions: string, explored: string] {
  if (isGenerated) return ['–', 'generated'];
  return isExhaustive ? [String(executions), 'every interleaving'] : ['–', 'within a budget'];
}

function packagesOf({ packages }: Proof): string[] {
  return packages.map(({ folder }) => folder);
}

function runtimesOf(proof: Proof, before: RuntimeRows, isNewNamed: boolean): string[][] {
  const found = isNewNamed ? proof.runtimes.map(({ runtime }) => runtime) : [];
  const names = [...new Set([...before.keys(), ...found])];
  return names.toSorted(byName).map((name) => {
    const cells = packagesOf(proof).map((folder) => {
      const now = proof.runtimes.find((one) => one.runtime === name && one.package === folder);
      if (now !== undefined) return now.green ? 'passes' : 'fails';
      return before.get(name)?.get(folder) ?? '–';
    });
    return [name, ...cells];
  });
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Writes the page. */
export function formatMarkdown(sections: readonly Section[]): string {
  const parts = sections.map(({ title, text, columns, rows }, i) =>
    [`${i === 0 ? '#' : '##'} ${title}`, text, columns.length === 0 ? '' : formatTable(columns, rows)]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
  return `${parts.join('\n\n')}\n`;
}

function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, c) => Math.max(3, ...all.map((cells) => (cells[c] ?? '').length)));
  const format = (cells: readonly string[]): string =>
    `| ${columns.map((_, c) => (cells[c] ?? '').padEnd(widths[c]!)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [columns, rule, ...rows].map(format).join('\n');
}

/** Reads what a page says of runtimes. */
export function readRuntimes(page: string): RuntimeRows {
  const section = page.split(/^## /m).find((part) => part.startsWith('Runtimes\n')) ?? '';
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf);
  return new Map(rows.map(([name, ...cells]) => [name!, new Map(cells.map((cell, i) => [head[i + 1]!, cell]))]));
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
