// One execution again: of a failing schedule, to look at it under a debugger; of a passing
// model, to see what a test does.

import type { Body } from './engine/explore.ts';
import type { Failure, FailureKind } from './engine/failure.ts';
import { decodeSchedule, replay as replaySchedule, type Replayed } from './engine/replay.ts';
import { x } from './engine/state.ts';
import { InvalidModelError } from './errors.ts';
import { type ModelOptions, requireOption, requireTimeouts } from './model.ts';
import { formatHtml } from './report/html.ts';
import { formatTable } from './report/table.ts';
import { traceOf, type ModelTrace } from './report/trace.ts';
import { generatorOf } from './threads.ts';

/** Holds the options of {@link replay}: those of the exploration that found the schedule, as far as they change what happens. */
export type ReplayOptions = Pick<ModelOptions, 'maxSteps' | 'timeouts'>;

/** Holds what {@link replay} shows. */
export interface Replay {
  /** What failed; undefined where nothing did. */
  readonly failure: { readonly kind: FailureKind; readonly message: string; readonly error: unknown } | undefined;
  /** The execution as a table, for a terminal. */
  readonly report: string;
  /** The execution as a page: one HTML file that needs nothing else. */
  readonly html: string;
  /** The execution as data. */
  readonly trace: ModelTrace;
}

const MAX_STEPS = 2000;

/**
 * Runs exactly the execution of a replay string, as a failing report prints it.
 *
 * Set a breakpoint in the model or the code under test first: each thread's code runs in the
 * order of the report, in this thread.
 *
 * @param schedule - `1.2x2.1`: a step of thread 1, two of thread 2, one of thread 1; what
 * comes after its end goes on without preemption
 * @throws {InvalidModelError} on a string that is no schedule, on one that this model cannot
 * follow, and as `explore`
 */
export function replay(body: () => unknown, schedule: string, options: ReplayOptions = {}): Replay {
  const { replayed, failure } = run(body, schedule, options);
  const shown = traceOf(replayed, failure);
  return {
    failure: failure === undefined ? undefined : { kind: failure.kind, message: failure.message, error: failure.error },
    report: formatTable(shown),
    html: formatHtml(shown),
    trace: shown,
  };
}

/**
 * Shows one execution of a model, whether it fails or not, as a table.
 *
 * Without a schedule it is the one in which no thread is preempted.
 *
 * @throws {InvalidModelError} as {@link replay}
 */
export function trace(body: () => unknown, schedule: string = '', options: ReplayOptions = {}): string {
  return replay(body, schedule, options).report;
}

/** Runs a schedule, and requires that the model could follow it. */
export function run(
  body: () => unknown,
  schedule: string,
  options: ReplayOptions,
): { replayed: Replayed; failure: Failure | undefined } {
  const choices = typeof schedule === 'string' ? decodeSchedule(schedule) : undefined;
  if (choices === undefined) {
    throw new InvalidModelError(
      `${JSON.stringify(schedule)} is no schedule; one looks like "1.2x2.1", and stands in a report after "replay:"`,
    );
  }
  if (x.current !== undefined) throw new InvalidModelError('a model cannot be replayed within another model');
  const generator: Body = () => generatorOf(body, 'the body of a model');
  generator().return(undefined);
  requireOption('maxSteps', options.maxSteps ?? MAX_STEPS, 1, 10_000);
  requireTimeouts(options.timeouts);
  x.memory.forget();
  x.limits = { ...x.limits, maxSteps: options.maxSteps ?? MAX_STEPS, timeouts: options.timeouts ?? 'stuck' };
  const replayed = replaySchedule(generator, choices);
  const { failure, departure } = replayed;
  // A failure that comes earlier than it did is still what the caller wants to see.
  const isShort = departure >= replayed.schedule.length;
  if (departure >= 0 && !(isShort && failure !== undefined)) {
    const thread = choices[departure]!;
    const name = replayed.threadNames[thread] ?? `thread ${thread}`;
    const what = isShort
      ? `the model ends after ${replayed.schedule.length} of its ${choices.length} choices`
      : `its choice ${departure + 1} is ${name}, which cannot take a step there`;
    throw new InvalidModelError(
      `the schedule "${schedule}" does not fit this model: ${what}. Was the model changed since?`,
    );
  }
  return { replayed, failure };
}
