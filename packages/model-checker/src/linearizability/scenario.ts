// Scenarios: which thread calls which operations, as a model that records what they do.

import { InvalidModelError } from '../errors.ts';
import { INVOKE, KIND_NAMES, RESPOND } from '../engine/kinds.ts';
import { proposeHistory } from '../engine/operations.ts';
import { x } from '../engine/state.ts';
import { recordHistory } from '../engine/steps.ts';
import type { Thread } from '../engine/thread.ts';
import { runEventLoop } from '../runtime/agent.ts';
import { callAny, ModelPromise } from '../runtime/promise.ts';
import { rethrowStop } from '../runtime/stop.ts';
import { LEAF, TWIN, type Instrumented } from '../runtime/twins.ts';
import { spawn } from '../threads.ts';
import { History, showOutcome } from './history.ts';
import { MAX_OPERATIONS } from './search.ts';
import { showCall } from './show.ts';
import type { Signatures, Specification } from './specification.ts';

type Generating = Generator<unknown, unknown, unknown>;
type AnyFunction = (...args: never[]) => unknown;

/** Names one call of an operation, with its arguments. */
export type Call<S extends Signatures> = { readonly [Name in keyof S]: readonly [Name, ...S[Name]] }[keyof S];

/** Says which thread calls which operations, in which order. */
export interface Scenario<S extends Signatures> {
  /** What the main thread calls before it starts the others. */
  readonly before?: readonly Call<S>[] | undefined;
  /** What each thread calls: by the names of the threads, or `T1`, `T2` … in a list. */
  readonly threads: Readonly<Record<string, readonly Call<S>[]>> | readonly (readonly Call<S>[])[];
  /** What the main thread calls when all the others have returned. */
  readonly after?: readonly Call<S>[] | undefined;
}

/** Says what a scenario is run on, and compared with. */
export interface Definition<Subject, State, S extends Signatures> {
  /** Makes the object and the memory that it shares; runs on the main thread of the model. */
  readonly create: () => Subject;
  /** Makes each thread its own object over the same memory, as each worker would; all share one where not given. */
  readonly attach?: ((subject: Subject) => Subject) | undefined;
  readonly specification: Specification<State, S>;
  /** Calls each operation on the object; async ones are awaited before the thread's next call. */
  readonly operations: {
    readonly [Name in keyof S]: { readonly run: (subject: Subject, ...args: S[Name]) => unknown };
  };
}

/** A definition of which nothing is known but its shape. */
export type AnyDefinition = Definition<unknown, unknown, Signatures>;

/** A scenario with every thread named. */
export interface NamedScenario {
  readonly before: readonly Call<Signatures>[];
  readonly threads: readonly { readonly name: string; readonly calls: readonly Call<Signatures>[] }[];
  readonly after: readonly Call<Signatures>[];
}

/** Names the threads of a scenario, and looks at whether it can be run. */
export function nameThreads(definition: AnyDefinition, scenario: Scenario<Signatures>): NamedScenario {
  const { before = [], after = [] } = scenario;
  const isList = Array.isArray(scenario.threads);
  const threads = Object.entries(scenario.threads as Record<string, readonly Call<Signatures>[]>).map(
    ([name, calls], i) => ({ name: isList ? `T${i + 1}` : name, calls }),
  );
  const calls = [...before, ...threads.flatMap((thread) => thread.calls), ...after];
  if (calls.length > MAX_OPERATIONS) {
    throw new InvalidModelError(`a scenario may call at most ${MAX_OPERATIONS} operations, not ${calls.length}`);
  }
  requireInstrumented(definition.create, 'create');
  if (definition.attach !== undefined) requireInstrumented(definition.attach, 'attach');
  for (const [name] of calls) {
    if (!Object.hasOwn(definition.operations, name)) {
      throw new InvalidModelError(`there is no operation ${JSON.stringify(name)}`);
    }
    if (typeof definition.specification.steps[name] !== 'function') {
      throw new InvalidModelError(`the specification does not say what ${JSON.stringify(name)} does`);
    }
    requireInstrumented(definition.operations[name]!.run, `run of ${name}`);
  }
  return { before, threads, after };
}

function requireInstrumented(fn: unknown, what: string): void {
  if (typeof fn !== 'function') throw new InvalidModelError(`${what} must be a function, not ${typeof fn}`);
  if (TWIN in fn || LEAF in fn) return;
  throw new InvalidModelError(
    `${what} is not instrumented: add modelChecker() of @concurrency-lab/model-checker/vite to the plugins of your ` +
      'vitest config, and write it in a file that imports the package or that `include` names',
  );
}

/** Makes the model of a scenario: a body for `explore`. Each execution begins a history. */
export function modelOf(
  { create, attach, operations }: AnyDefinition,
  { before, threads, after }: NamedScenario,
  begin: (history: History) => void,
): () => unknown {
  const body: Instrumented = () => undefined;
  body[TWIN] = function* (): Generating {
    const history = new History(['main', ...threads.map(({ name }) => name)]);
    begin(history);
    const subject = yield* callAny(create, undefined, []);
    const callAll = function* (thread: number, calls: readonly Call<Signatures>[], own: unknown): Generating {
      for (const [name, ...args] of calls) yield* callOne(history, thread, operations[name]!.run, own, name, args);
      return undefined;
    };
    yield* callAll(0, before, subject);
    const handles = threads.map(({ name, calls }, i) => {
      const entry: Instrumented = () => undefined;
      entry[TWIN] = function* (): Generating {
        const own = attach === undefined ? subject : yield* callAny(attach, undefined, [subject]);
        return yield* callAll(i + 1, calls, own);
      };
      return spawn(entry as () => unknown, { name });
    });
    for (const handle of handles) {
      const { join } = handle as unknown as Record<string, AnyFunction>;
      yield* callAny(join!, handle, []);
    }
    yield* callAll(0, after, subject);
    return undefined;
  };
  return body;
}

/** Calls an operation between two steps of its own, which tell when it was pending. */
function* callOne(
  history: History,
  index: number,
  run: AnyFunction,
  subject: unknown,
  name: string,
  args: readonly unknown[],
): Generating {
  const thread = x.current!;
  if (proposeHistory(INVOKE)) yield;
  recordHistory(thread, INVOKE);
  const operation = history.invoke(index, name, args);
  trace(thread, INVOKE, `→ ${showCall(name, args)}`);
  let end: () => void;
  try {
    const returned = yield* callAny(run, undefined, [subject, ...args]);
    const result = returned instanceof ModelPromise ? yield* runEventLoop(returned) : returned;
    end = () => history.return(operation, result);
  } catch (error) {
    rethrowStop(error);
    // Not the operation's doing.
    if (error instanceof InvalidModelError) throw error;
    end = () => history.throw(operation, error);
  }
  if (proposeHistory(RESPOND)) yield;
  recordHistory(thread, RESPOND);
  end();
  trace(thread, RESPOND, `← ${name} ${showOutcome(operation)}`);
  return undefined;
}

function trace(thread: Thread, kind: number, text: string): void {
  x.trace?.push({
    thread: thread.id,
    kind: KIND_NAMES[kind]!,
    place: '',
    text,
    site: -1,
    step: x.depth - 1,
    isPlain: false,
  });
}
