// The race detector: happens-before by the ECMAScript memory model. An atomic read that reads
// from an atomic write of the same bytes happens after it; so does whoever enters the critical
// section of a list of waiters after whoever left it. Atomics are no fences, and a store
// synchronises with no later store. Two accesses to a byte that are not ordered so, one of
// them a write and one of them plain, are a data race; so are two atomics of different ranges.

import type { AtomicAccesses, Cell } from './memory.ts';
import { observeAccess, observeEdge } from './observations.ts';
import { fail, x } from './state.ts';
import { join } from './steps.ts';
import type { Thread } from './thread.ts';

/** Checks and notes a plain read or write of some cells. */
export function plainAccess(thread: Thread, key: number, cells: number, writes: boolean): void {
  if (x.observations !== undefined) observeAccess(thread.site);
  for (let k = key; k < key + cells; k++) {
    const cell = x.memory.cell(k);
    const now = thread.happensBefore;
    const { id } = thread;
    for (let t = 0; t < x.threads.length; t++) {
      if (t === id) continue;
      const seen = now[t]!;
      if (cell.plainWrites[t]! > seen) race(thread, writes, true, t, cell.plainWriteSites[t]!, true, true);
      if (writes && cell.plainReads[t]! > seen) race(thread, writes, true, t, cell.plainReadSites[t]!, false, true);
    }
    for (const accesses of cell.atomics) conflict(thread, accesses, writes, true);
    if (writes) {
      cell.plainWrites[id] = now[id]!;
      cell.plainWriteSites[id] = thread.site;
      cell.hasRelease = false;
      cell.isWritten = true;
    } else {
      cell.plainReads[id] = now[id]!;
      cell.plainReadSites[id] = thread.site;
    }
  }
}

/**
 * Checks and notes an atomic access.
 *
 * @param range - tells its first byte and its length apart from all others
 * @param isSilent - whether it is an update that left the word as it was: nobody who reads the
 * word can know that it came before, so that it releases nothing
 */
export function atomicAccess(
  thread: Thread,
  key: number,
  cells: number,
  range: number,
  reads: boolean,
  writes: boolean,
  isSilent = false,
): void {
  if (x.observations !== undefined) observeAccess(thread.site);
  const now = thread.happensBefore;
  const { id } = thread;
  if (reads) {
    // Reads from one write of exactly these bytes, or from several. All of an update comes after what it reads from.
    const first = x.memory.cell(key);
    let isWhole = first.hasRelease && first.releaseRange === range;
    for (let k = key + 1; isWhole && k < key + cells; k++) isWhole = x.memory.cell(k).hasRelease;
    if (isWhole) {
      const isNew = first.release[first.releaseThread]! > now[first.releaseThread]!;
      if (isNew) observeEdge(first.releaseSite, thread.site, 'reads');
      join(now, first.release);
    }
  }
  for (let k = key; k < key + cells; k++) {
    const cell = x.memory.cell(k);
    for (let t = 0; t < x.threads.length; t++) {
      if (t === id) continue;
      const seen = now[t]!;
      if (cell.plainWrites[t]! > seen) race(thread, writes, false, t, cell.plainWriteSites[t]!, true, true);
      if (writes && cell.plainReads[t]! > seen) race(thread, writes, false, t, cell.plainReadSites[t]!, false, true);
    }
    for (const accesses of cell.atomics) if (accesses.range !== range) conflict(thread, accesses, writes, false);
  }
  if (reads) {
    for (let k = key; k < key + cells; k++) {
      const accesses = x.memory.cell(k).atomicsOf(range);
      accesses.reads[id] = now[id]!;
      accesses.readSites[id] = thread.site;
    }
  }
  if (!writes) return;
  for (let k = key; k < key + cells; k++) {
    const cell = x.memory.cell(k);
    const accesses = cell.atomicsOf(range);
    accesses.writes[id] = now[id]!;
    accesses.writeSites[id] = thread.site;
    cell.isWritten = true;
    if (isSilent) continue;
    for (let t = 0; t < now.length; t++) cell.release[t] = now[t]!;
    cell.hasRelease = true;
    cell.releaseRange = range;
    cell.releaseSite = thread.site;
    cell.releaseThread = id;
  }
  if (!isSilent) now[id]!++;
}

/** Checks an access against atomics that it does not synchronise with: those of other ranges, or all if it is plain. */
function conflict(thread: Thread, accesses: AtomicAccesses, writes: boolean, isPlain: boolean): void {
  const { id, happensBefore } = thread;
  for (let t = 0; t < x.threads.length; t++) {
    if (t === id) continue;
    const seen = happensBefore[t]!;
    if (accesses.writes[t]! > seen) race(thread, writes, isPlain, t, accesses.writeSites[t]!, true, false);
    if (writes && accesses.reads[t]! > seen) race(thread, writes, isPlain, t, accesses.readSites[t]!, false, false);
  }
}

/** Enters and leaves the critical section of a cell's list of waiters. */
export function enterList(thread: Thread, cell: Cell, leaves: boolean): void {
  if (cell.hasListRelease) join(thread.happensBefore, cell.listRelease);
  if (!leaves) return;
  cell.listRelease.set(thread.happensBefore);
  cell.hasListRelease = true;
  thread.happensBefore[thread.id]!++;
}

function race(
  thread: Thread,
  writes: boolean,
  isPlain: boolean,
  other: number,
  site: number,
  otherWrites: boolean,
  otherIsPlain: boolean,
): never {
  const name = (plain: boolean, write: boolean): string => `${plain ? 'plain' : 'atomic'} ${write ? 'write' : 'read'}`;
  const mixed = !isPlain && !otherIsPlain ? ' of overlapping bytes' : '';
  return fail('data-race', `${name(isPlain, writes)} and ${name(otherIsPlain, otherWrites)}${mixed}, in no order`, {
    thread: thread.id,
    other: { thread: other, site },
  });
}
