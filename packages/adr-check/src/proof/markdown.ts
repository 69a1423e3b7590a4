// The proof as a page of Markdown. Nothing on it is written by hand, nor depends on the time or
// the machine: executions of models that are explored to the end are always as many, and of those
// that are not, or that are generated, the page gives no count.

import type { ModelProof, PackageProof, Proof, RuntimeProof } from './proof.ts';

/** Is a page as tables, of which Markdown and HTML are made. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const HEAD = `What the tests of the last change have proved, written by \`npm run adr -- --write\` from the records that they left.
A test fails if this page says anything else.`;

/**
 * Makes the sections of the page.
 *
 * @param runtimesBefore - the rows of runtimes on the page as it is: those that this run did not have are kept
 */
export function sectionsOf(proof: Proof, runtimesBefore: readonly (readonly string[])[] = []): Section[] {
  return [
    {
      title: 'Proof',
      text: HEAD,
      columns: [
        'package',
        'models',
        'executions',
        'explored',
        'mutants killed',
        'rows: atomic',
        'plain',
        'by tests only',
      ],
      rows: proof.packages.map(summaryOf),
    },
    {
      title: 'Runtimes',
      text: `The packages' own tests, on the published files. A runtime that a run did not have keeps its row.`,
      columns: ['runtime', ...packagesOf(proof)],
      rows: runtimesOf(proof, runtimesBefore),
    },
    {
      title: 'The checker',
      text: `Version ${proof.checker} of the model checker explored all this; it passes ${proof.litmusTests} litmus tests of the memory model.`,
      columns: [],
      rows: [],
    },
    ...proof.packages.map(({ name, models }) => ({
      title: name,
      text: '',
      columns: ['test', 'models', 'executions', 'explored'],
      rows: models.map((model) => [
        model.test,
        model.isGenerated ? 'generated' : String(model.models),
        ...exploredOf([model]),
      ]),
    })),
  ];
}

function summaryOf({ name, record, models, mutants, rows }: PackageProof): string[] {
  const written = models.filter(({ isGenerated }) => !isGenerated);
  const equivalent = mutants.equivalent > 0 ? `, ${mutants.equivalent} equivalent` : '';
  return [
    `${name} (${record.replace(/^adr\//, 'ADR ').replace(/-.*/, '')})`,
    String(written.reduce((sum, model) => sum + model.models, 0)),
    ...exploredOf(written),
    `${mutants.killed} of ${mutants.killed + mutants.survived}${equivalent}`,
    String(rows.atomic),
    String(rows.plain),
    String(rows.tested),
  ];
}

/** Says how many executions there were, where that is always the same, and whether those are all. */
function exploredOf(models: readonly ModelProof[]): [executions: string, explored: string] {
  const isExhaustive = models.every((model) => model.isExhaustive);
  const total = models.reduce((sum, { executions }) => sum + executions, 0);
  const bound = Math.min(...models.map(({ preemptionBound }) => preemptionBound));
  const isCounted = isExhaustive && !models.some(({ isGenerated }) => isGenerated);
  return [
    isCounted ? String(total) : '–',
    isExhaustive ? 'every interleaving' : bound < 0 ? 'within a budget' : `up to ${bound} preemptions, and a budget`,
  ];
}

function packagesOf({ packages }: Proof): string[] {
  return packages.map(({ folder }) => folder);
}

function runtimesOf(proof: Proof, before: readonly (readonly string[])[]): string[][] {
  const folders = packagesOf(proof);
  const names = new Set([...before.map(([name]) => name!), ...proof.runtimes.map(({ runtime }) => runtime)]);
  return [...names]
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => {
      const own = proof.runtimes.filter(({ runtime }) => runtime === name);
      const kept = before.find(([runtime]) => runtime === name);
      if (own.length === 0 && kept !== undefined) return [...kept];
      return [name, ...folders.map((folder) => resultOf(own.find((one) => one.package === folder)))];
    });
}

function resultOf(result: RuntimeProof | undefined): string {
  if (result === undefined) return '–';
  if (!result.green) return 'fails';
  return result.exceptions === 0 ? 'passes' : `passes, ${result.exceptions} exceptions`;
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

/** Reads the rows of the table of runtimes of a page. */
export function readRuntimes(page: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith('Runtimes\n')) ?? '';
  const lines = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
