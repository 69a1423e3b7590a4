// Collects what every execution of a body comes to: what the main thread returns, and the
// failures. Unlike explore(), it goes on after a failure.

import type { Exploration } from '@concurrency-lab/model-checker';
import { exploreAll } from '../../dist/engine/explore.js';
import { x } from '../../dist/engine/state.js';
import { recording } from '../../dist/record/recorder.js';
import { generatorOf } from '../../dist/threads.js';

/** What the main thread of a litmus test returns: what the threads read, in order. */
export type Values = readonly (number | bigint | string)[];

/** A litmus test: all that may come out, and nothing else. */
export interface Litmus {
  readonly name: string;
  readonly body: () => Values;
  /** Each as its values with a blank between. */
  readonly outcomes: readonly string[];
  /** The kinds of failures found besides; none where not given. */
  readonly failures?: readonly string[];
  readonly timeouts?: 'stuck' | 'any';
  /** Why these, where it is not plain to see. */
  readonly why?: string;
}

/** All that came out. */
export interface Outcomes {
  readonly outcomes: readonly string[];
  readonly failures: readonly string[];
  readonly isExhaustive: boolean;
}

/** Runs a body through all of its executions. */
export function outcomesOf(body: () => Values, timeouts: 'stuck' | 'any' = 'stuck'): Outcomes {
  const outcomes = new Set<string>();
  const failures = new Set<string>();
  x.memory.forget();
  x.limits = { ...x.limits, maxSteps: 2000, timeouts };
  const { isExhaustive, counts } = exploreAll(() => generatorOf(body, 'a litmus test'), {
    executions: 1_000_000,
    until: performance.now() + 100_000,
    collect(ending) {
      if (ending === 'complete') outcomes.add((x.threads[0]!.result as Values).join(' '));
      else if (x.failure !== undefined) failures.add(x.failure.kind);
    },
  });
  const observed = { failure: undefined, observed: undefined, preemptionBound: -1 };
  const { complete: executions } = counts;
  recording.by?.explored('model', 'litmus', { ...observed, executions, isExhaustive } as Exploration);
  return { outcomes: [...outcomes].toSorted(), failures: [...failures].toSorted(), isExhaustive };
}
