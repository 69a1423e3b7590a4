// Runs one schedule again, with a trace.

import { execute, type Ending } from './execution.ts';
import type { Body, Schedule } from './explore.ts';
import { Refine, type Failure } from './failure.ts';
import { x, type TraceStep } from './state.ts';

/** What a replay showed. */
export interface Replayed {
  readonly ending: Ending;
  readonly failure: Failure | undefined;
  readonly trace: readonly TraceStep[];
  readonly threadNames: readonly string[];
  /** The dependency clocks of the steps, by index: which steps each comes after. */
  readonly depth: number;
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
  let at = 0;
  // By thread, not by node: the schedule may come from a person.
  x.prefix = 0;
  x.picker = (enabled, last, node) => {
    at = node;
    const wanted = schedule[at];
    if (wanted !== undefined && (enabled & (1 << wanted)) !== 0) return wanted;
    return (enabled & (1 << last)) !== 0 && last >= 0 ? last : 31 - Math.clz32(enabled & -enabled);
  };
  x.plannedValues = schedule;
  x.trace = [];
  try {
    const ending = execute(body);
    return {
      ending,
      failure: x.failure,
      trace: x.trace,
      threadNames: x.threads.map(({ name }) => name),
      depth: x.depth,
    };
  } finally {
    x.picker = undefined;
    x.plannedValues = undefined;
    x.trace = undefined;
  }
}

/** Writes a schedule as text: `1x3.2` for three steps of thread 1 and one of thread 2. */
export function encodeSchedule(schedule: Schedule): string {
  const parts: string[] = [];
  for (let i = 0; i < schedule.length; ) {
    let j = i;
    while (j < schedule.length && schedule[j] === schedule[i]) j++;
    parts.push(j - i > 1 ? `${schedule[i]}x${j - i}` : `${schedule[i]}`);
    i = j;
  }
  return parts.join('.');
}

/** Reads a schedule that {@link encodeSchedule} wrote; undefined where it is none. */
export function decodeSchedule(text: string): Schedule | undefined {
  if (text === '') return [];
  const parts = text.split('.');
  if (!parts.every((part) => /^\d+(?:x\d+)?$/.test(part))) return undefined;
  return parts.flatMap((part) => {
    const [value, times = '1'] = part.split('x');
    return Array.from({ length: Number(times) }, () => Number(value));
  });
}
