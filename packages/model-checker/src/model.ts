// The entry of the checker: runs a model through its executions, by three searches in turn.
// Schedules with few preemptions find most bugs at once, and with the shortest trace. The
// systematic exploration proves that there are none, where the budget suffices. The random
// search spends what is left, where it does not.

import { InvalidModelError } from './errors.ts';
import { searchBounded } from './engine/bounded.ts';
import { exploreAll, type Body, type Counts, type Found } from './engine/explore.ts';
import type { Failure, FailureKind } from './engine/failure.ts';
import { searchRandomly } from './engine/random.ts';
import { newObservations } from './engine/observations.ts';
import { encodeSchedule } from './engine/replay.ts';
import { x } from './engine/state.ts';
import { recording } from './record/recorder.ts';
import { listAccesses, listEdges, type SynchronisedSites } from './report/observations.ts';
import { showFailure } from './report/table.ts';
import type { ModelTrace } from './report/trace.ts';
import type { SourceSite } from './runtime/sites.ts';
import { generatorOf } from './threads.ts';

/** Holds the options of {@link explore} and {@link verify}. */
export interface ModelOptions {
  /** How many executions the systematic exploration may take; 200,000 where not given. */
  readonly maxExecutions?: number | undefined;
  /** How many seconds all of it may take; 20 where not given. */
  readonly maxSeconds?: number | undefined;
  /** How many steps one execution may have, at most 10,000; 2,000 where not given. */
  readonly maxSteps?: number | undefined;
  /** Up to how many preemptions are tried before the systematic exploration, -1 (none are) to 8; 2 where not given. */
  readonly maxPreemptions?: number | undefined;
  /** How many executions the random search may take where the exploration was not exhaustive; 10,000 where not given. */
  readonly randomExecutions?: number | undefined;
  /** Seeds the random search; 1 where not given. */
  readonly seed?: number | undefined;
  /** When a finite timeout may fire: once nothing else can happen (`stuck`, the default), or at `any` point. */
  readonly timeouts?: 'stuck' | 'any' | undefined;
  /** Collects which lines access shared memory and synchronise: {@link Exploration.observed}. Costs a little time. */
  readonly observe?: boolean | undefined;
  /** Is called about once in 16,000 executions. */
  readonly onProgress?: ((progress: Statistics) => void) | undefined;
}

/** Tells what an exploration did. */
export interface Statistics {
  /** Different executions that ran to their end. */
  readonly executions: number;
  /** Executions that were given up because a thread only spun in them, as another execution shows without. */
  readonly cut: number;
  /** Executions that turned out to repeat another one. */
  readonly repeated: number;
  /** Executions that had more than `maxSteps` steps. */
  readonly truncated: number;
  readonly steps: number;
  readonly seconds: number;
  /** True where every interleaving was explored: what holds, holds in all of them. */
  readonly isExhaustive: boolean;
  /** All schedules with so many preemptions were tried; -1 where not even those with none. */
  readonly preemptionBound: number;
  /** Executions of the random search, and its seed. */
  readonly randomExecutions: number;
  readonly seed: number;
}

/** Describes a failure of a model, and how to see it again. */
export interface ModelFailure {
  readonly kind: FailureKind;
  readonly message: string;
  /** The trace, for people: a column for each thread, a row for each step. */
  readonly report: string;
  /** The trace as data; `formatHtml` makes a page of it. */
  readonly trace: ModelTrace;
  /** Runs exactly this execution again: {@link replay}. */
  readonly schedule: string;
  /** What a thread threw. */
  readonly error: unknown;
}

/** Tells what the executions of a model show of the source. */
export interface Observed {
  /** The lines that accessed shared memory. */
  readonly accesses: readonly SourceSite[];
  /** The pairs of lines that synchronised: they were what ordered two threads. */
  readonly edges: readonly SynchronisedSites[];
}

/** Tells what {@link explore} found. */
export interface Exploration extends Statistics {
  readonly failure: ModelFailure | undefined;
  /** What was observed; undefined unless the option `observe` asks for it. */
  readonly observed: Observed | undefined;
}

const DEFAULT = {
  maxExecutions: 200_000,
  maxSeconds: 20,
  maxSteps: 2000,
  maxPreemptions: 2,
  randomExecutions: 10_000,
  seed: 1,
};
const BOUNDED_EXECUTIONS = 400;
const SHORTENING_EXECUTIONS = 20_000;

/**
 * Runs a model through its interleavings, and tells what was found.
 *
 * @param body - the function of the main thread; it is run once for each execution, so it
 * must make all that it shares
 * @throws {InvalidModelError} on a body that is not instrumented, an option out of range, and
 * within another model
 */
export function explore(body: () => unknown, options: ModelOptions = {}): Exploration {
  const { by: recorder } = recording;
  if (recorder === undefined) return search(body, options);
  const exploration = search(body, { ...options, observe: true });
  recorder.explored('model', body.name, exploration);
  return options.observe === true ? exploration : { ...exploration, observed: undefined };
}

/** Explores a model without telling whoever records. */
export function search(body: () => unknown, options: ModelOptions = {}): Exploration {
  const { run, until, statistics, observed, ...looked } = look(body, options);
  const found = looked.isFoundLate ? shorten(run, looked.found!, until) : looked.found;
  return { ...statistics, failure: found === undefined ? undefined : describe(run, found), observed };
}

/** Tells only how a model fails, which is all that is asked of a mutant: takes no time to explain it. */
export function failureKindOf(body: () => unknown, options: ModelOptions): FailureKind | undefined {
  return look(body, options).found?.failure.kind;
}

interface Looked {
  readonly run: Body;
  readonly until: number;
  readonly found: Found | undefined;
  /** Whether it may be found with fewer preemptions too. */
  readonly isFoundLate: boolean;
  readonly statistics: Statistics;
  readonly observed: Observed | undefined;
}

function look(body: () => unknown, options: ModelOptions): Looked {
  const settings = { ...DEFAULT, ...defined(options) };
  requireOption('maxExecutions', settings.maxExecutions, 1, Number.MAX_SAFE_INTEGER);
  requireOption('maxSeconds', settings.maxSeconds, 0, Infinity);
  requireOption('maxSteps', settings.maxSteps, 1, 10_000);
  requireOption('maxPreemptions', settings.maxPreemptions, -1, 8);
  requireOption('randomExecutions', settings.randomExecutions, 0, Number.MAX_SAFE_INTEGER);
  requireOption('seed', settings.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  requireTimeouts(options.timeouts);
  if (x.current !== undefined) throw new InvalidModelError('a model cannot be explored within another model');
  const run: Body = () => generatorOf(body, 'the body of a model');
  run().return(undefined);
  x.memory.forget();
  x.limits = { ...x.limits, maxSteps: settings.maxSteps, timeouts: options.timeouts ?? 'stuck' };
  x.observations = options.observe === true ? newObservations() : undefined;
  const start = performance.now();
  const until = start + settings.maxSeconds * 1000;
  let bound = -1;
  let found: Found | undefined;
  for (let preemptions = 0; preemptions <= settings.maxPreemptions && found === undefined; preemptions++) {
    const bounded = searchBounded(run, preemptions, BOUNDED_EXECUTIONS, until);
    found = bounded.found;
    if (bounded.isComplete) bound = preemptions;
    else break;
  }
  let counts: Counts = { complete: 0, cut: 0, blocked: 0, truncated: 0, steps: 0 };
  let isExhaustive = false;
  let isFoundLate = false;
  let randomExecutions = 0;
  const statistics = (): Statistics => ({
    executions: counts.complete,
    cut: counts.cut,
    repeated: counts.blocked,
    truncated: counts.truncated,
    steps: counts.steps,
    seconds: (performance.now() - start) / 1000,
    isExhaustive,
    preemptionBound: bound,
    randomExecutions,
    seed: settings.seed,
  });
  if (found === undefined) {
    const { onProgress } = options;
    const progress = (now: Counts): void => {
      counts = now;
      onProgress?.(statistics());
    };
    const explored = exploreAll(run, { executions: settings.maxExecutions, until, progress });
    ({ counts, isExhaustive, found } = explored);
    if (found === undefined && !isExhaustive) {
      const random = searchRandomly(run, settings.seed, settings.randomExecutions, until);
      randomExecutions = random.executions;
      found = random.found;
    }
    isFoundLate = found !== undefined;
  }
  const { observations } = x;
  x.observations = undefined;
  const observed = observations && { accesses: listAccesses(observations), edges: listEdges(observations) };
  return { run, until, found, isFoundLate, statistics: statistics(), observed };
}

/** Looks for the same kind of failure with the fewest preemptions. */
function shorten(run: Body, found: Found, until: number): Found {
  for (let preemptions = 0; preemptions <= 3; preemptions++) {
    const shorter = searchBounded(run, preemptions, SHORTENING_EXECUTIONS, until, found.failure.kind);
    if (shorter.found !== undefined) return shorter.found;
    if (!shorter.isComplete) break;
  }
  return found;
}

function describe(run: Body, found: Found): ModelFailure {
  const { kind, message, error }: Failure = found.failure;
  const schedule = encodeSchedule(found.schedule);
  return { kind, message, schedule, error, ...showFailure(run, found) };
}

/** Reports a model that fails; the message holds the trace. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  /** Tells the errors of this package apart. */
  readonly code = 'ERR_MODEL_FAILED';
  /** Holds what failed, and the trace. */
  readonly failure: ModelFailure;

  constructor(failure: ModelFailure) {
    super(failure.report, { cause: failure.error });
    this.failure = failure;
  }
}

/**
 * Verifies a model: returns the statistics of an exploration that found nothing.
 *
 * Look at `isExhaustive`: without it, nothing was found within the budget, which is no proof.
 *
 * @throws {ModelError} on a failure; the message is the trace
 * @throws {InvalidModelError} as {@link explore}
 */
export function verify(body: () => unknown, options?: ModelOptions): Statistics {
  const { failure, observed: _, ...statistics } = explore(body, options);
  if (failure !== undefined) throw new ModelError(failure);
  return statistics;
}

/** Throws unless the option `timeouts` is one of its values, or not given. */
export function requireTimeouts(timeouts: string | undefined): void {
  if (timeouts === undefined || timeouts === 'stuck' || timeouts === 'any') return;
  throw new InvalidModelError(`timeouts must be 'stuck' or 'any', not ${timeouts}`);
}

/** Throws unless an option is a number in its range. */
export function requireOption(name: string, value: number, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw new InvalidModelError(`${name} must be a number from ${least} to ${most}, not ${String(value)}`);
}

/** Leaves out what is undefined, so that defaults hold. */
function defined(options: ModelOptions): Partial<typeof DEFAULT> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<
    typeof DEFAULT
  >;
}
