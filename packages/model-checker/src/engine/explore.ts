// The systematic exploration: depth first through the tree of choices, with partial-order
// reduction, until nothing is left or the budget ends.

import { execute, type Ending } from './execution.ts';
import { Refine, type Failure } from './failure.ts';
import { plannedAt } from './racy.ts';
import { reverseRaces } from './reduction.ts';
import { lowest } from './schedule.ts';
import { x } from './state.ts';

/** The body of a model's main thread, as a generator. */
export type Body = () => Generator<unknown, unknown, unknown>;

/** What an exploration has seen. */
export interface Counts {
  /** Executions that ran to their end; each is a different one. */
  complete: number;
  /** Executions that were given up: a thread only spun, in a way that another execution delays. */
  cut: number;
  /** Executions that turned out to repeat another. */
  blocked: number;
  /** Executions that were longer than allowed. */
  truncated: number;
  steps: number;
}

/** A failure with the schedule that shows it. */
export interface Found {
  readonly failure: Failure;
  readonly schedule: Schedule;
}

/** The threads in the order of their steps; a racy read is the index of its value, or, below 0, what a later write writes. */
export type Schedule = readonly number[];

/** Gives the schedule of the execution that has just ended. */
export function currentSchedule(): Schedule {
  return Array.from({ length: x.nodes }, (_, node) => plannedAt(node));
}

/** What may end an exploration before its end, and what to look at on the way. */
export interface Budget {
  readonly executions: number;
  /** A time of `performance.now()`. */
  readonly until: number;
  /** Goes on after a failure. */
  readonly collect?: ((ending: Ending) => void) | undefined;
  readonly progress?: ((counts: Counts) => void) | undefined;
}

/** The result of an exploration. */
export interface Explored {
  readonly counts: Counts;
  readonly found: Found | undefined;
  readonly isExhaustive: boolean;
}

/** Explores every execution of a body, but for those that differ in the order of independent steps. */
export function exploreAll(body: Body, budget: Budget, usesReduction = true): Explored {
  for (;;) {
    try {
      return depthFirst(body, budget, usesReduction);
    } catch (error) {
      // Something smaller than a word is accessed: once more, with cells of a byte.
      if (!(error instanceof Refine)) throw error;
    }
  }
}

function depthFirst(body: Body, budget: Budget, usesReduction: boolean): Explored {
  const counts: Counts = { complete: 0, cut: 0, blocked: 0, truncated: 0, steps: 0 };
  let found: Found | undefined;
  x.usesReduction = usesReduction;
  x.picker = undefined;
  x.prefix = 0;
  for (let n = 0; ; n++) {
    if (n >= budget.executions || ((n & 255) === 255 && performance.now() > budget.until)) {
      return { counts, found, isExhaustive: false };
    }
    if ((n & 0x3fff) === 0x3fff) budget.progress?.(counts);
    const ending = execute(body);
    count(counts, ending);
    budget.collect?.(ending);
    if (x.failure !== undefined) {
      found ??= { failure: x.failure, schedule: currentSchedule() };
      if (budget.collect === undefined) return { counts, found, isExhaustive: false };
    }
    if (usesReduction) reverseRaces();
    if (!nextBranch(usesReduction)) return { counts, found, isExhaustive: counts.truncated === 0 };
  }
}

function count(counts: Counts, ending: Ending): void {
  if (ending === 'complete' || ending === 'failed') counts.complete++;
  else if (ending === 'cut') counts.cut++;
  else if (ending === 'blocked') counts.blocked++;
  else counts.truncated++;
  counts.steps += x.depth;
}

/** Turns the deepest choice that has an alternative; false when there is none. */
function nextBranch(usesReduction: boolean): boolean {
  for (let node = x.nodes - 1; node >= 0; node--) {
    const values = x.nodeValues[node];
    if (values !== undefined) {
      if (x.nodeChosen[node]! + 1 >= values.length) continue;
      x.nodeChosen[node]!++;
      x.prefix = node + 1;
      return true;
    }
    const bit = 1 << x.nodeChosen[node]!;
    if (usesReduction) x.nodeSleep[node]! |= bit;
    else x.nodeBacktrack[node]! &= ~bit;
    const rest = x.nodeBacktrack[node]! & ~x.nodeSleep[node]! & x.nodeEnabled[node]! & ~x.nodeBlocked[node]!;
    if (rest === 0) continue;
    x.nodeChosen[node] = lowest(rest);
    x.prefix = node + 1;
    return true;
  }
  return false;
}
