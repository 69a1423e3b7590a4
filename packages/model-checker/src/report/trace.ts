// What reports show of one execution, free of the engine: rows, the edges among them, and
// where the threads stand at the end. The table and the page are made from this, and a user's
// own tools may be.

import type { Failure, FailureKind } from '../engine/failure.ts';
import { encodeSchedule, type Replayed } from '../engine/replay.ts';
import type { TraceStep } from '../engine/state.ts';
import { siteOf } from '../runtime/sites.ts';

/** Names a place in the source, with the text of its line. */
export interface TracePlace {
  readonly file: string;
  readonly line: number;
  readonly source: string;
}

/** Tells one thing that a thread did. */
export interface TraceRow {
  /** The number by which reports call it; undefined for the start of a thread and for a join. */
  readonly number: number | undefined;
  /** The thread, as an index of {@link ModelTrace.threads}. */
  readonly thread: number;
  /** `load`, `store`, `update`, `compareExchange`, `wait`, `notify`, `wakes up`; `read` and `write`; `spin`, `spawn`, `join`, `throw`. */
  readonly kind: string;
  /** The memory: by its label, or as a view and an index. */
  readonly memory: string;
  readonly text: string;
  /** What the operation returned, or the plain access read or wrote. */
  readonly value: unknown;
  readonly isPlain: boolean;
  /** True for what shows the failure: both accesses of a race, the waits of a deadlock, what threw. */
  readonly isFailing: boolean;
  readonly at: TracePlace | undefined;
  /** The row of the write that a read saw. */
  readonly readsFrom: number | undefined;
  /** The thread that ran before, and why it did not go on. */
  readonly interrupted: { readonly thread: number; readonly reason: string } | undefined;
}

/** Connects a row with one of another thread that it happens before. */
export interface TraceEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: 'reads-from' | 'wakes' | 'spawns' | 'joins';
}

/** Tells where a thread stands that has not ended. */
export interface TraceStanding {
  readonly thread: number;
  readonly state: 'sleeps' | 'idle' | 'spins' | 'joins' | 'ready';
  readonly text: string;
  readonly because: string;
  readonly at: TracePlace | undefined;
}

/** Tells one execution, step by step. */
export interface ModelTrace {
  readonly failure: { readonly kind: FailureKind; readonly message: string } | undefined;
  /** The threads' names; the first is the main one. */
  readonly threads: readonly string[];
  readonly rows: readonly TraceRow[];
  readonly edges: readonly TraceEdge[];
  /** Where the threads stand at the end, if they are stuck. */
  readonly standing: readonly TraceStanding[];
  /** Runs exactly this execution again. */
  readonly schedule: string;
}

const STUCK: ReadonlySet<FailureKind> = new Set<FailureKind>(['deadlock', 'lost-wake-up', 'livelock']);

const LONGEST_VALUE = 24;

/** Makes the trace of a replayed execution. */
export function traceOf(
  replayed: Replayed,
  failure: Failure | undefined,
  schedule: string = encodeSchedule(replayed.schedule),
): ModelTrace {
  const { threadNames, standings } = replayed;
  const steps = withThrow(replayed.trace, failure);
  const isStuck = failure !== undefined && STUCK.has(failure.kind);
  const stuck = isStuck ? standings.filter(({ state }) => state !== 'joins').map(({ thread }) => thread) : [];
  const failing = failingRows(steps, failure, stuck);
  let numbered = 0;
  return {
    failure: failure === undefined ? undefined : { kind: failure.kind, message: failure.message },
    threads: threadNames,
    rows: steps.map((step, row) => ({
      number: step.kind === 'spawn' || step.kind === 'join' ? undefined : ++numbered,
      thread: step.thread,
      kind: step.kind,
      memory: step.place,
      text: step.text,
      value: step.value,
      isPlain: step.isPlain,
      isFailing: failing.has(row),
      at: placeOf(step.site),
      readsFrom: step.readsFrom,
      interrupted: step.interrupted,
    })),
    edges: edgesOf(steps),
    standing: isStuck ? standings.map(({ site, ...standing }) => ({ ...standing, at: placeOf(site) })) : [],
    schedule,
  };
}

/** Finds where a site is. */
export function placeOf(site: number): TracePlace | undefined {
  const found = siteOf(site);
  return found === undefined ? undefined : { file: found.file, line: found.line, source: found.text };
}

/** Adds the row of what a thread threw. */
function withThrow(steps: readonly TraceStep[], failure: Failure | undefined): readonly TraceStep[] {
  if (failure === undefined || failure.thread < 0 || failure.kind === 'data-race' || STUCK.has(failure.kind))
    return steps;
  const text = failure.kind === 'error' ? `throws ${errorName(failure.error)}` : failure.kind;
  // What throws is no operation: its place is not known to the engine.
  const site = failure.kind === 'error' ? -1 : failure.site;
  return [...steps, { thread: failure.thread, kind: 'throw', place: '', text, site, step: -1, isPlain: false }];
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : String(error).slice(0, LONGEST_VALUE);
}

function failingRows(
  steps: readonly TraceStep[],
  failure: Failure | undefined,
  stuck: readonly number[],
): ReadonlySet<number> {
  const rows = new Set<number>();
  if (failure === undefined) return rows;
  const last = (thread: number, site?: number): void => {
    const row = steps.findLastIndex(
      (step) => step.thread === thread && (site === undefined || step.site === site) && step.kind !== 'spawn',
    );
    if (row >= 0) rows.add(row);
  };
  if (stuck.length > 0) for (const thread of stuck) last(thread);
  else if (failure.thread >= 0) last(failure.thread);
  if (failure.other !== undefined) last(failure.other.thread, failure.other.site);
  return rows;
}

/** Lists what happens before what, from one thread to another. */
function edgesOf(steps: readonly TraceStep[]): TraceEdge[] {
  const edges: TraceEdge[] = [];
  const add = (from: number | undefined, to: number, kind: TraceEdge['kind']): void => {
    if (from !== undefined && from >= 0 && to >= 0 && steps[from]!.thread !== steps[to]!.thread)
      edges.push({ from, to, kind });
  };
  steps.forEach(({ kind, target, readsFrom, wokenBy, isPlain }, row) => {
    // Plain accesses order nothing.
    if (readsFrom !== undefined && !isPlain && !steps[readsFrom]!.isPlain) add(readsFrom, row, 'reads-from');
    add(wokenBy, row, 'wakes');
    if (kind === 'spawn')
      add(
        row,
        steps.findIndex(({ thread }) => thread === target),
        'spawns',
      );
    if (kind === 'join')
      add(
        steps.findLastIndex(({ thread }, other) => thread === target && other < row),
        row,
        'joins',
      );
  });
  return edges;
}
