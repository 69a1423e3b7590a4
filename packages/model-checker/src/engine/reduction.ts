// Partial-order reduction: which other orders an execution asks for. For every race of two
// steps, some thread that can begin the reversed order must be explored from where the first
// of them was taken, unless one already is, or sleeps there because its orders are explored.
//
// Source: Abdulla, Aronis, Jonsson, Sagonas, "Optimal Dynamic Partial Order Reduction",
// POPL 2014: source sets (algorithm 1). Races are reversed when the execution is over, so
// that rounds of spin loops that were taken back ask for nothing.

import { readAsBefore } from './awaiting.ts';
import { MAX_STEPS, x } from './state.ts';
import { MAX_THREADS, type Awaiting, type Thread } from './thread.ts';

const between = new Int32Array(MAX_STEPS);
const ownClock = new Int32Array(MAX_THREADS);

/** Asks for the orders that this execution shows to be possible. */
export function reverseRaces(): void {
  const { raceFirst, raceSecond } = x;
  for (let i = 0; i < raceFirst.length; i++) reverse(raceFirst[i]!, raceSecond[i]!);
  // In a blocked execution too: no other one need have shown that the thread spins here.
  for (const thread of x.threads) if (thread.awaits && thread.awaiting !== undefined) reverseForAwaiting(thread);
}

function reverse(first: number, second: number): void {
  const thread = x.stepThread[second]!;
  const awaiting = x.stepAwaiting[second];
  if (nodeOf(first) < 0) return;
  const wouldSpin = awaiting !== undefined && x.stepWrites[first] === 1 && readAsBefore(first, awaiting);
  if (!wouldSpin && explore(first, second, thread, x.stepClock, second * MAX_THREADS)) return;
  // The thread only spins there. It can go on only where memory reads otherwise, further back.
  lookBack(first - 1, thread, awaiting, x.stepKey[second]!, x.stepCells[second]!);
}

/** A thread spins at the end: it may have had a chance before. */
function reverseForAwaiting(thread: Thread): void {
  lookBack(x.depth - 1, thread.id, thread.awaiting, -1, 0);
}

/** Finds the last write before which the thread could have gone on, and asks for it to go first there. */
function lookBack(from: number, thread: number, awaiting: Awaiting | undefined, key: number, cells: number): void {
  clockAt(thread, from);
  for (let n = from; n >= 0; n--) {
    const other = x.stepThread[n]!;
    if (other === thread || x.stepWrites[n] === 0) continue;
    if (ownClock[other]! >= x.stepIndex[n]!) continue;
    if (!concerns(n, awaiting, key, cells)) continue;
    if (nodeOf(n) < 0) continue;
    if (awaiting !== undefined && readAsBefore(n, awaiting)) continue;
    if (explore(n, from + 1, thread, ownClock, 0)) return;
  }
}

function concerns(n: number, awaiting: Awaiting | undefined, key: number, cells: number): boolean {
  const from = x.stepKey[n]!;
  const to = from + x.stepCells[n]!;
  if (awaiting === undefined) return key < to && from < key + cells;
  return awaiting.rounds.some((round) => round.some((reading) => reading.key >= from && reading.key < to));
}

/** Puts the clock of the thread's last step at or before a step into `ownClock`. */
function clockAt(thread: number, from: number): void {
  let last = from;
  while (last >= 0 && x.stepThread[last] !== thread) last--;
  if (last < 0) ownClock.set(x.threads[thread]!.birth);
  else ownClock.set(x.stepClock.subarray(last * MAX_THREADS, (last + 1) * MAX_THREADS));
}

/** Gives the node at which a step was chosen; -1 where nothing else could be. */
function nodeOf(step: number): number {
  let node = x.stepNode[step]!;
  while (node >= 0 && x.nodeValues[node] !== undefined) node--;
  return node;
}

/**
 * Makes sure that, from where step `first` was taken, some thread is explored that can begin
 * the steps in between that do not depend on it, and then the thread.
 *
 * @param end - the step before which those in between end
 * @returns false where the thread itself could begin, but only spins there
 */
function explore(first: number, end: number, thread: number, clocks: Int32Array, clock: number): boolean {
  const node = nodeOf(first);
  const firstThread = x.stepThread[first]!;
  const firstIndex = x.stepIndex[first]!;
  let count = 0;
  for (let n = first + 1; n < end; n++) {
    if (x.stepClock[n * MAX_THREADS + firstThread]! < firstIndex) between[count++] = n;
  }
  let initials = 0;
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const n = between[i]!;
    const bit = 1 << x.stepThread[n]!;
    if ((seen & bit) !== 0) continue;
    seen |= bit;
    if (comesFirst(x.stepClock, n * MAX_THREADS, i)) initials |= bit;
  }
  if ((seen & (1 << thread)) === 0 && comesFirst(clocks, clock, count)) {
    // It was found to spin when it was tried there, or before the node was made.
    if ((x.nodeBlocked[node]! & (1 << thread)) !== 0 || (x.nodeEnabled[node]! & (1 << thread)) === 0) return false;
    initials |= 1 << thread;
  }
  if ((initials & (x.nodeBacktrack[node]! | x.nodeSleep[node]!)) !== 0) return true;
  const useful = initials & ~x.nodeBlocked[node]!;
  if (useful === 0) return true;
  x.nodeBacktrack[node]! |= (useful & (1 << thread)) !== 0 ? 1 << thread : useful & -useful;
  return true;
}

/** Tells whether none of the first `count` steps in between comes before the clock that begins at an offset. */
function comesFirst(clocks: Int32Array, clock: number, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const n = between[i]!;
    if (clocks[clock + x.stepThread[n]!]! >= x.stepIndex[n]!) return false;
  }
  return true;
}
