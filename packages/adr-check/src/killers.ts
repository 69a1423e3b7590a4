// The "killed by" column: which models noticed when an access of the row was made weaker.
//
//   `lockTwo`, `tryBeside`: plain, split; `takeBack`: dropped
//   race-free in all models; `setAndGet`: delayed       for a plain row
//   `certify.test.ts`                                   for a row that no model reaches

import type { Evidence } from './records.ts';
import type { Site } from './sites.ts';
import type { Row } from './table.ts';

const OPERATORS: Readonly<Record<string, string>> = {
  plain: 'plain',
  split: 'split',
  drop: 'dropped',
  delay: 'delayed',
};

/** Names a line as the evidence does. */
export function lineOf({ file, line }: { file: string; line: number }): string {
  return `${file}:${line}`;
}

/** Tells whether a row is one of plain accesses. */
export function isPlain(row: Row): boolean {
  return row.cells['needs at least'] === 'plain';
}

/** Tells whether a row is one of memory that only one thread has: nothing there can be too weak. */
export function isPrivate(row: Row): boolean {
  return row.cells['needs at least'] === 'private';
}

/** Writes the "killed by" column of a row that models reach. */
export function killersOf(row: Row, sites: readonly Site[], { mutants }: Evidence): string {
  const lines = new Set(sites.map(lineOf));
  const operators = new Map<string, Set<string>>();
  for (const { at, mutation, killedBy } of mutants) {
    if (!lines.has(at) || killedBy === undefined) continue;
    operators.set(killedBy, (operators.get(killedBy) ?? new Set()).add(OPERATORS[mutation]!));
  }
  const models = new Map<string, string[]>();
  for (const [model, done] of operators) {
    const how = Object.values(OPERATORS)
      .filter((operator) => done.has(operator))
      .join(', ');
    models.set(how, [...(models.get(how) ?? []), `\`${model}\``]);
  }
  const killed = [...models].map(([how, names]) => `${names.join(', ')}: ${how}`);
  return [...(isPlain(row) ? ['race-free in all models'] : []), ...killed].join('; ');
}

/** Lists what the models leave open about a row that they reach. */
export function gapsOf(
  row: Row,
  sites: readonly Site[],
  { mutants, accesses }: Evidence,
): { site: Site; message: string }[] {
  return sites.flatMap((site) => {
    const line = lineOf(site);
    const own = mutants.filter(({ at }) => at === line);
    const survived = own.filter(({ status }) => status === 'survived');
    const gaps = survived.map(({ mutation }) => `${row.id} may be ${OPERATORS[mutation]}: no model fails for it`);
    if (!accesses.has(line)) gaps.push(`${row.id}: no model comes by here`);
    else if (!isPlain(row) && own.length === 0) gaps.push(`${row.id} was not made weaker here by any test`);
    return gaps.map((message) => ({ site, message }));
  });
}
