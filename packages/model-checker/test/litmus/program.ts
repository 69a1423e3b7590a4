// What the bodies of the litmus tests share: words of shared memory, and threads beside each
// other. Instrumented, since it spawns.

import { spawn } from '@concurrency-lab/model-checker';

export const X = 0;
export const Y = 1;
export const Z = 2;

export type Words = Int32Array<SharedArrayBuffer>;

/** Makes four zeroed words. */
export function words(): Words {
  return new Int32Array(new SharedArrayBuffer(16));
}

type Read = (number | bigint | string)[];

/** Runs functions as threads beside each other; gives what they return, one after the other. */
export function together(...threads: (() => Read | void)[]): Read {
  const handles = threads.map((thread) => spawn(thread));
  return handles.flatMap((handle) => handle.join() ?? []);
}

/** Lists every combination of the given values, as outcomes. */
export function all(...choices: readonly (readonly (number | string)[])[]): string[] {
  let rows: (number | string)[][] = [[]];
  for (const values of choices) rows = rows.flatMap((row) => values.map((value) => [...row, value]));
  return rows.map((row) => row.join(' '));
}

/** Lists all combinations but some. */
export function except(outcomes: readonly string[], ...forbidden: readonly string[]): string[] {
  return outcomes.filter((outcome) => !forbidden.includes(outcome));
}
