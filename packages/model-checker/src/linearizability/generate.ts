// Scenarios at random, by fast-check, which also finds the smallest one that fails.
//
// fast-check is the caller's: it comes with the options, and only its types are imported. So
// the package depends on nothing, and the arbitraries for the arguments are of the same copy.

import type { Arbitrary, check, constant, oneof, property, record, tuple } from 'fast-check';
import { InvalidModelError } from '../errors.ts';
import { type ModelOptions, requireOption } from '../model.ts';
import { exploreScenario, ScenarioError, type ScenarioFailure } from './check.ts';
import type { AnyDefinition, Call, Definition, Scenario } from './scenario.ts';
import type { Signatures } from './specification.ts';

/** Lists what is used of fast-check 3 or 4. */
export interface FastCheck {
  readonly check: typeof check;
  readonly constant: typeof constant;
  readonly oneof: typeof oneof;
  readonly property: typeof property;
  readonly record: typeof record;
  readonly tuple: typeof tuple;
}

/** Says what is generated of an operation. */
export interface GeneratedOperation<Args extends readonly unknown[]> {
  /** Generates the arguments; for operations that take none, it may be left out. */
  readonly arguments?: Arbitrary<Args> | undefined;
  /** Names the threads that may call the operation; all may where not given. */
  readonly role?: string | readonly string[] | undefined;
}

/** Extends a definition with what its scenarios are generated from. */
export interface GeneratedDefinition<Subject, State, S extends Signatures> extends Definition<Subject, State, S> {
  readonly operations: {
    readonly [Name in keyof S]: { readonly run: (subject: Subject, ...args: S[Name]) => unknown } & GeneratedOperation<
      S[Name]
    >;
  };
}

/** Holds the options of {@link checkLinearizable}. */
export interface LinearizabilityOptions {
  /** Is fast-check: `import fc from 'fast-check'`. */
  readonly fc: FastCheck;
  /** How many threads, or the role of each; 2 where not given. */
  readonly threads?: number | readonly string[] | undefined;
  /** How many operations each thread calls at most; 3 where not given. */
  readonly operations?: number | undefined;
  /** How many operations the main thread calls at most before and after the threads, of any role; 0 where not given. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  /** How many scenarios are generated; 100 where not given. */
  readonly scenarios?: number | undefined;
  /** Seeds the scenarios; a new seed each time where not given. */
  readonly seed?: number | undefined;
  /** How many seconds all of it may take; 20 where not given. */
  readonly maxSeconds?: number | undefined;
  /** Bounds the exploration of each scenario: 20,000 executions or 5 seconds where not given. */
  readonly budget?: ModelOptions | undefined;
}

/** Tells what {@link checkLinearizable} did. */
export interface LinearizabilityStatistics {
  /** How many different scenarios were explored. */
  readonly scenarios: number;
  /** How many different executions they had, and how many different histories those showed. */
  readonly executions: number;
  readonly histories: number;
  /** True where every interleaving of every scenario was explored. */
  readonly isExhaustive: boolean;
  /** How many scenarios were explored to the end. */
  readonly exhaustive: number;
  readonly seconds: number;
  /** Generates the same scenarios again. */
  readonly seed: number;
}

const BUDGET: ModelOptions = { maxExecutions: 20_000, maxSeconds: 5, maxPreemptions: 1, randomExecutions: 1000 };

/**
 * Checks that an object is linearizable: generates scenarios, and checks each as
 * `checkScenario` does. Of those that fail, the smallest is reported.
 *
 * @throws {ScenarioError} on a failure; the message is the report, with the seed
 * @throws {InvalidModelError} as `checkScenario`, and where no operation is a role's to call
 */
export function checkLinearizable<Subject, State, S extends Signatures>(
  definition: GeneratedDefinition<Subject, State, S>,
  options: LinearizabilityOptions,
): LinearizabilityStatistics {
  const { fc, scenarios = 100, maxSeconds = 20, seed } = options;
  if (typeof fc?.check !== 'function') {
    throw new InvalidModelError("the option fc must be fast-check: import fc from 'fast-check'");
  }
  requireOption('scenarios', scenarios, 1, Number.MAX_SAFE_INTEGER);
  requireOption('maxSeconds', maxSeconds, 0, Infinity);
  const any = definition as unknown as AnyDefinition;
  const budget = { ...BUDGET, ...options.budget };
  const start = performance.now();
  const counts = { scenarios: 0, executions: 0, histories: 0, exhaustive: 0 };
  let failure: ScenarioFailure | undefined;
  let crash: { readonly error: unknown } | undefined;
  const holds = (scenario: Scenario<Signatures>): boolean => {
    if (crash !== undefined) return false;
    try {
      const explored = exploreScenario(any, scenario, budget);
      if (failure === undefined) {
        counts.scenarios++;
        counts.executions += explored.executions;
        counts.histories += explored.histories;
        if (explored.isExhaustive) counts.exhaustive++;
      }
      if (explored.failure === undefined) return true;
      // A smaller scenario that fails otherwise is no smaller form of this failure.
      if (failure !== undefined && failure.kind !== explored.failure.kind) return true;
      failure = explored.failure;
      return false;
    } catch (error) {
      crash = { error };
      return false;
    }
  };
  const details = fc.check(fc.property(scenariosOf(definition.operations, options), holds), {
    numRuns: scenarios,
    ignoreEqualValues: true,
    interruptAfterTimeLimit: maxSeconds * 1000,
    ...(seed === undefined ? {} : { seed }),
  });
  if (crash !== undefined) throw (crash as { error: unknown }).error;
  if (failure !== undefined) throw new ScenarioError(withSeed(failure, details.seed, counts.scenarios));
  return {
    ...counts,
    isExhaustive: counts.exhaustive === counts.scenarios,
    seconds: (performance.now() - start) / 1000,
    seed: details.seed,
  };
}

function withSeed(failure: ScenarioFailure, seed: number, scenarios: number): ScenarioFailure {
  return { ...failure, report: `${failure.report}\n  found in scenario ${scenarios} of seed ${seed}` };
}

type Operations = Readonly<Record<string, GeneratedOperation<readonly never[]>>>;

/** Makes the arbitrary of scenarios. */
function scenariosOf(operations: object, options: LinearizabilityOptions): Arbitrary<Scenario<Signatures>> {
  const { fc, operations: most = 3, before = 0, after = 0, threads = 2 } = options;
  const roles = typeof threads === 'number' ? Array.from({ length: threads }, () => undefined) : threads;
  if (roles.length < 1 || roles.length > 7) {
    throw new InvalidModelError(`a scenario has 1 to 7 threads besides the main one, not ${roles.length}`);
  }
  const calls = (role: string | undefined, length: number): Arbitrary<Call<Signatures>[]> => {
    const allowed = Object.entries(operations as Operations).filter(([, { role: only }]) => mayCall(role, only));
    if (allowed.length === 0) {
      throw new InvalidModelError(
        role === undefined ? 'there is no operation to call' : `no operation is ${JSON.stringify(role)}'s to call`,
      );
    }
    const call = fc.oneof(
      ...allowed.map(([name, { arguments: args = fc.constant([]) }]) =>
        args.map((values): Call<Signatures> => [name, ...values]),
      ),
    );
    // Each place may be left out by itself: a list would shrink from its beginning only.
    const place = fc.oneof(
      { withCrossShrink: true },
      { arbitrary: fc.constant(undefined), weight: 1 },
      { arbitrary: call, weight: 5 },
    );
    return fc.tuple(...Array.from({ length }, () => place)).map((places) => places.filter((one) => one !== undefined));
  };
  return fc
    .record({
      before: calls(undefined, before),
      threads: fc.tuple(...roles.map((role) => calls(role, most))),
      after: calls(undefined, after),
    })
    .map(({ before: first, threads: lists, after: last }) => ({
      before: first,
      threads: typeof threads === 'number' ? lists : nameAll(threads, lists),
      after: last,
    }));
}

function mayCall(role: string | undefined, only: string | readonly string[] | undefined): boolean {
  return role === undefined || only === undefined || [only].flat().includes(role);
}

/** Names threads by their roles, and tells those of one role apart. */
function nameAll<T>(roles: readonly string[], lists: readonly T[]): Record<string, T> {
  return Object.fromEntries(
    roles.map((role, i) => {
      const before = roles.slice(0, i).filter((other) => other === role).length;
      return [before === 0 ? role : `${role} ${before + 1}`, lists[i]!];
    }),
  );
}
