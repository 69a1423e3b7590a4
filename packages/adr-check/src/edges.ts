// The "synchronises with" column: the rows whose accesses were seen to order threads together
// with those of this row. A row of another package is written `atomics:K1`.
//
// In JavaScript every atomic read that sees an atomic write synchronises with it, whether the
// program needs that or not. So a pair must be named where both of its rows claim to need it: the
// one release, the other acquire; or where one wakes the other. Other pairs that were seen may be.

import type { Evidence } from './records.ts';
import { idsIn, type Row } from './table.ts';

/** Finds the row of a line: its name from the package at hand, and what it needs. */
export type FindRows = (line: string) => readonly { readonly name: string; readonly needs: string }[];

/** Says which rows a row was seen to synchronise with. */
export interface Partners {
  /** All that were seen. */
  readonly seen: ReadonlySet<string>;
  /** Those that have to be named. */
  readonly needed: ReadonlySet<string>;
}

/** Collects the partners of the rows of a package, by the rows' names. */
export function findPartners({ edges }: Evidence, rowsAt: FindRows): Map<string, Partners> {
  const partners = new Map<string, { seen: Set<string>; needed: Set<string> }>();
  const note = (row: string, other: string, isNeeded: boolean): void => {
    const of = partners.get(row) ?? { seen: new Set(), needed: new Set() };
    of.seen.add(other);
    if (isNeeded) of.needed.add(other);
    partners.set(row, of);
  };
  for (const { from, to, kind } of edges) {
    for (const source of rowsAt(from)) {
      for (const target of rowsAt(to)) {
        const isNeeded = kind === 'wakes' || (releases(source.needs) && acquires(target.needs));
        note(source.name, target.name, isNeeded);
        note(target.name, source.name, isNeeded);
      }
    }
  }
  return partners;
}

function releases(needs: string): boolean {
  return /\brelease\b|\btotal order\b/.test(needs);
}

function acquires(needs: string): boolean {
  return /\bacquire\b|\btotal order\b/.test(needs);
}

/** Writes the "synchronises with" column of a row; what it has is kept where it is right. */
export function partnersOf(row: Row, partners: Partners | undefined): string {
  const cell = row.cells['synchronises with'];
  const named = idsIn(cell);
  const { seen = new Set<string>(), needed = new Set<string>() } = partners ?? {};
  if (named.every((id) => seen.has(id)) && [...needed].every((id) => named.includes(id))) {
    if (named.length > 0 || cell !== '') return cell;
  }
  const right = [...new Set([...named.filter((id) => seen.has(id)), ...needed])].toSorted(byName);
  return right.length === 0 ? 'nothing' : right.join(', ');
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
