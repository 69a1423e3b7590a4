// What executions show of the source: which lines access shared memory, and which of them
// synchronise. An edge goes from an atomic write to the atomic read of another thread that sees
// it, or from a notify to the wait that it wakes, where that orders the two threads for the
// first time: not where the start of a thread, or an earlier edge, has.

import { x } from './state.ts';

/** How an edge comes about: a read of an atomic write, or a notify that wakes. */
export type EdgeKind = 'reads' | 'wakes';

/** The sites of accesses, and the edges of each kind, as pairs of sites; a pair is one number. */
export interface Observations extends Readonly<Record<EdgeKind, Set<number>>> {
  readonly accesses: Set<number>;
}

const SITES = 2 ** 26;

/** Makes an empty set of observations. */
export function newObservations(): Observations {
  return { accesses: new Set(), reads: new Set(), wakes: new Set() };
}

/** Notes an access, while observations are made. */
export function observeAccess(site: number): void {
  x.observations?.accesses.add(site);
}

/** Notes an edge between two sites, while observations are made. */
export function observeEdge(from: number, to: number, kind: EdgeKind): void {
  x.observations?.[kind].add(from * SITES + to);
}

/** Gives the sites of a pair. */
export function sitesOf(pair: number): { from: number; to: number } {
  return { from: Math.floor(pair / SITES), to: pair % SITES };
}
