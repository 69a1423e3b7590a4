// Runs scenarios through their interleavings, and every history they show through the search
// for an order that the specification allows.

import type { Failure } from '../engine/failure.ts';
import { x } from '../engine/state.ts';
import { search, type ModelFailure, type ModelOptions, type Statistics } from '../model.ts';
import { recording } from '../record/recorder.ts';
import type { History } from './history.ts';
import { explain, formatScenario, reportOf } from './report.ts';
import {
  modelOf,
  nameThreads,
  type AnyDefinition,
  type Definition,
  type NamedScenario,
  type Scenario,
} from './scenario.ts';
import { linearize, type Verdict } from './search.ts';
import type { Signatures } from './specification.ts';

/** Tells what the exploration of a scenario did. */
export interface ScenarioStatistics extends Statistics {
  /** How many different histories it showed; every one of them was checked. */
  readonly histories: number;
}

/** Describes a failure of a scenario: not linearizable, or whatever else a model can fail with. */
export interface ScenarioFailure extends ModelFailure {
  /** The calls of each thread, as text. */
  readonly scenario: string;
}

/** Reports a scenario that fails; the message holds the scenario, the history and the trace. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  /** Tells the errors of this package apart. */
  readonly code = 'ERR_SCENARIO_FAILED';
  /** Holds what failed, and the trace. */
  readonly failure: ScenarioFailure;

  constructor(failure: ScenarioFailure) {
    super(failure.report, { cause: failure.error });
    this.failure = failure;
  }
}

/** The result of a scenario. */
export interface ExploredScenario extends ScenarioStatistics {
  readonly failure: ScenarioFailure | undefined;
}

/**
 * Checks one scenario: that every history its interleavings show is explained by some order of
 * the operations, each between its invocation and its response, that the specification allows.
 *
 * An execution in which operations wait for ever is right where the specification says, after
 * the others, that they wait ({@link BLOCKED}), and a failure otherwise. What an operation
 * throws is its outcome. Data races and all else that fails a model fail a scenario.
 *
 * Look at `isExhaustive`: without it, nothing was found within the budget, which is no proof.
 *
 * @throws {ScenarioError} on a failure; the message is the report
 * @throws {InvalidModelError} on functions that are not instrumented, and on a scenario that
 * calls an operation there is not, or more than 31
 */
export function checkScenario<Subject, State, S extends Signatures>(
  definition: Definition<Subject, State, S>,
  scenario: Scenario<S>,
  options: ModelOptions = {},
): ScenarioStatistics {
  const { failure, ...statistics } = exploreScenario(
    definition as unknown as AnyDefinition,
    scenario as unknown as Scenario<Signatures>,
    options,
  );
  if (failure !== undefined) throw new ScenarioError(failure);
  return statistics;
}

const STUCK: ReadonlySet<Failure['kind']> = new Set(['deadlock', 'lost-wake-up', 'livelock'] as const);

/** Explores a scenario, and gives the failure instead of throwing it. */
export function exploreScenario(
  definition: AnyDefinition,
  scenario: Scenario<Signatures>,
  options: ModelOptions,
): ExploredScenario {
  const named = nameThreads(definition, scenario);
  const verdicts = new Map<string, Verdict<unknown>>();
  let history: History | undefined;
  const body = modelOf(definition, named, (begun) => (history = begun));
  const judge = (failure: Failure | undefined): Failure | undefined => {
    if (failure !== undefined && !STUCK.has(failure.kind)) return failure;
    const { operations, key, errors, threads } = history!;
    const known = verdicts.get(key);
    const verdict = known ?? linearize(operations, definition.specification);
    if (known === undefined) verdicts.set(key, verdict);
    if (verdict.isLinearizable) return undefined;
    const message = explain(verdict, threads, failure);
    return { kind: 'not-linearizable', message, thread: -1, site: -1, error: errors[0] };
  };
  const outer = x.judge;
  x.judge = judge;
  try {
    const explored = search(body, options);
    recording.by?.explored('scenario', '', explored);
    const { failure, observed: _, ...statistics } = explored;
    const result = { ...statistics, histories: verdicts.size };
    if (failure === undefined) return { ...result, failure };
    // The report's replay was the last execution: its history is the one to show.
    return { ...result, failure: describe(failure, definition, named, history!, verdicts) };
  } finally {
    x.judge = outer;
  }
}

function describe(
  failure: ModelFailure,
  definition: AnyDefinition,
  named: NamedScenario,
  history: History,
  verdicts: ReadonlyMap<string, Verdict<unknown>>,
): ScenarioFailure {
  const verdict = failure.kind === 'not-linearizable' ? verdicts.get(history.key) : undefined;
  const report = reportOf(failure, definition.specification, named, history, verdict);
  return { ...failure, report, scenario: formatScenario(named).join('\n') };
}
