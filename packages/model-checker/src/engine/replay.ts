// Runs one schedule again, with a trace.

import { execute, type Ending } from './execution.ts';
import { currentSchedule, type Body, type Schedule } from './explore.ts';
import { Refine, type Failure } from './failure.ts';
import { standings, type Standing } from './standing.ts';
import { x, type TraceStep } from './state.ts';
import { MAX_THREADS } from './thread.ts';
import { traceOperation } from './trace.ts';

/** What a replay showed. */
export interface Replayed {
  readonly ending: Ending;
  readonly failure: Failure | undefined;
  readonly trace: readonly TraceStep[];
  readonly threadNames: readonly string[];
  /** Where the threads stand that have not ended. */
  readonly standings: readonly Standing[];
  /** What was run: the schedule, and what came after its end. */
  readonly schedule: Schedule;
  /** The first choice of the schedule that was not possible, or that the execution did not reach; -1 where all were taken. */
  readonly departure: number;
}

/** Runs a schedule from its first step to its last, and on as the threads like. */
export function replay(body: Body, schedule: Schedule): Replayed {
  for (;;) {
    try {
      return once(body, schedule);
    } catch (error) {
      if (!(error instanceof Refine)) throw error;
    }
  }
}

function once(body: Body, schedule: Schedule): Replayed {
  x.usesReduction = false;
  let departure = -1;
  // By thread, not by node: the schedule may come from a person.
  x.prefix = 0;
  x.picker = (enabled, last, node) => {
    const wanted = schedule[node];
    if (wanted !== undefined) {
      if (wanted >= 0 && wanted < MAX_THREADS && (enabled & (1 << wanted)) !== 0) return wanted;
      if (departure < 0) departure = node;
    }
    return (enabled & (1 << last)) !== 0 && last >= 0 ? last : 31 - Math.clz32(enabled & -enabled);
  };
  x.plannedValues = schedule;
  x.trace = [];
  try {
    const ending = execute(body);
    traceRacingOperation();
    return {
      ending,
      failure: x.failure,
      trace: x.trace,
      threadNames: x.threads.map(({ name }) => name),
      standings: standings(),
      schedule: currentSchedule(),
      departure: departure < 0 && x.nodes < schedule.length ? x.nodes : departure,
    };
  } finally {
    x.picker = undefined;
    x.plannedValues = undefined;
    x.trace = undefined;
  }
}

/** Adds the row of the atomic operation that the race detector stopped: it belongs to the trace. */
function traceRacingOperation(): void {
  if (x.failure?.kind !== 'data-race' || !x.failure.message.startsWith('atomic')) return;
  const last = x.depth - 1;
  const thread = x.threads[x.failure.thread];
  if (last < 0 || thread?.view === undefined || x.stepThread[last] !== thread.id) return;
  if (x.trace!.some(({ step }) => step === last)) return;
  traceOperation(thread, x.stepWrites[last] === 1 ? x.stepBefore[last] : thread.view[thread.index]);
}

/** Writes a schedule as text: `1x3.2` for three steps of thread 1 and one of thread 2; `v42` for a racy read of a later 42. */
export function encodeSchedule(schedule: Schedule): string {
  const parts: string[] = [];
  for (let i = 0; i < schedule.length;) {
    let j = i;
    while (j < schedule.length && schedule[j] === schedule[i]) j++;
    const name = schedule[i]! < 0 ? `v${-1 - schedule[i]!}` : String(schedule[i]);
    parts.push(j - i > 1 ? `${name}x${j - i}` : name);
    i = j;
  }
  return parts.join('.');
}

/** Reads a schedule that {@link encodeSchedule} wrote; undefined where it is none. */
export function decodeSchedule(text: string): Schedule | undefined {
  if (text === '') return [];
  const parts = text.split('.');
  if (!parts.every((part) => /^v?\d+(?:x\d{1,5})?$/.test(part))) return undefined; // no execution has more steps
  return parts.flatMap((part) => {
    const [value, times = '1'] = part.split('x');
    const number = value!.startsWith('v') ? -1 - Number(value!.slice(1)) : Number(value);
    return Array.from({ length: Number(times) }, () => number);
  });
}
