// A failing scenario for people: who called what, the history, how far the specification can
// follow it, and the trace of the execution.

import type { Failure } from '../engine/failure.ts';
import type { ModelFailure } from '../model.ts';
import { historyTable, showOutcome, type History, type HistoryOperation } from './history.ts';
import type { NamedScenario } from './scenario.ts';
import type { Verdict } from './search.ts';
import { show, showCall } from './show.ts';
import { outcomesOf, type Outcome, type Signatures, type Specification } from './specification.ts';

type AnySpecification = Specification<unknown, Signatures>;

/** Says in one line which operations no order explains. */
export function explain(
  { stuck }: Verdict<unknown>,
  threads: readonly string[],
  deadlock: Failure | undefined,
): string {
  const ended = (operation: HistoryOperation): string =>
    `${showCall(operation.name, operation.args)} of ${threads[operation.thread]} ${showOutcome(operation)}`;
  const what = `no order of the operations explains that ${stuck.map((operation) => ended(operation)).join(', and that ')}`;
  return deadlock === undefined ? what : `${what} (${deadlock.kind}: ${deadlock.message})`;
}

/** Shows a scenario: a line for each thread with its calls. */
export function formatScenario({ before, threads, after }: NamedScenario): string[] {
  const lines = [{ name: 'before', calls: before }, ...threads, { name: 'after', calls: after }].filter(
    ({ calls }) => calls.length > 0,
  );
  const width = Math.max(0, ...lines.map(({ name }) => name.length));
  return lines.map(
    ({ name, calls }) => `  ${name.padEnd(width)}  ${calls.map(([call, ...args]) => showCall(call, args)).join(', ')}`,
  );
}

/** Puts scenario and history before the trace of a failure. */
export function reportOf(
  failure: ModelFailure,
  specification: AnySpecification,
  named: NamedScenario,
  history: History,
  verdict: Verdict<unknown> | undefined,
): string {
  const [headline, ...trace] = failure.report.split('\n');
  return [
    headline,
    '',
    'scenario:',
    ...formatScenario(named),
    '',
    'history:',
    ...historyTable(history, verdict !== undefined),
    '',
    ...(verdict === undefined ? [] : [...reasons(verdict, specification, history.threads), '']),
    'trace:',
    ...trace.slice(trace[0] === '' ? 1 : 0),
  ].join('\n');
}

/** Tells how far the specification follows the history, and what it says instead of what came then. */
function reasons(
  { order, state, stuck }: Verdict<unknown>,
  specification: AnySpecification,
  threads: readonly string[],
): string[] {
  const line = (operation: HistoryOperation): string =>
    `${threads[operation.thread]}: ${showCall(operation.name, operation.args)} ${showOutcome(operation)}`;
  return [
    order.length === 0 ? 'why: in the initial state' : 'why: the specification can follow no further than',
    ...order.map((operation) => `  ${line(operation)}`),
    `  ${order.length === 0 ? '' : 'where '}the state is ${show(state)}, and of what may come next`,
    ...stuck.map((operation) => {
      const allowed = outcomesOf(specification, state, operation.name, operation.args);
      return `  ${line(operation)}, but ${allowed.length === 0 ? 'has to wait' : allowed.map((outcome) => showAllowed(outcome)).join(' or ')}`;
    }),
  ];
}

function showAllowed({ throws, result }: Outcome<unknown>): string {
  return throws === undefined ? `should return ${show(result)}` : `should throw ${throws}`;
}
