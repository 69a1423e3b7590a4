// Histories: which operations were invoked, and in which order they returned. All that
// linearizability asks of an execution.

import { nameOf, show, showCall } from './show.ts';

/** One operation of a history. */
export interface HistoryOperation {
  /** The index of its thread among the history's names. */
  readonly thread: number;
  readonly name: string;
  readonly args: readonly unknown[];
  /** Its place among the events of the history. */
  readonly invoked: number;
  /** The place of its response; Infinity where it never returned. */
  responded: number;
  /** How it ended; undefined where it never returned. */
  outcome: Ended | undefined;
}

/** How an operation ended. */
export interface Ended {
  readonly kind: 'returned' | 'threw';
  /** The result, or what to call the error. */
  readonly text: string;
  /** The name of the error, which may have a code besides. */
  readonly name?: string | undefined;
}

/** The operations of one execution, as they are recorded. */
export class History {
  readonly operations: HistoryOperation[] = [];
  /** Tells histories of one scenario apart. */
  key = '';
  /** What the operations threw. */
  readonly errors: unknown[] = [];
  readonly threads: readonly string[];
  #events = 0;

  constructor(threads: readonly string[]) {
    this.threads = threads;
  }

  /** Records the invocation of an operation. */
  invoke(thread: number, name: string, args: readonly unknown[]): HistoryOperation {
    const invoked = this.#events++;
    const operation: HistoryOperation = { thread, name, args, invoked, responded: Infinity, outcome: undefined };
    this.operations.push(operation);
    this.key += `${thread}(`;
    return operation;
  }

  /** Records that an operation returned. */
  return(operation: HistoryOperation, result: unknown): void {
    // As text, and now: the object may change.
    this.#respond(operation, { kind: 'returned', text: show(result) });
  }

  /** Records that an operation threw. */
  throw(operation: HistoryOperation, error: unknown): void {
    this.errors.push(error);
    this.#respond(operation, {
      kind: 'threw',
      text: nameOf(error),
      name: error instanceof Error ? error.name : undefined,
    });
  }

  #respond(operation: HistoryOperation, outcome: Ended): void {
    operation.responded = this.#events++;
    operation.outcome = outcome;
    this.key += `${operation.thread})${outcome.kind === 'threw' ? '!' : ''}${outcome.text};`;
  }
}

/** Shows how an operation ended. */
export function showOutcome({ outcome }: HistoryOperation): string {
  if (outcome === undefined) return 'never returns';
  return outcome.kind === 'threw' ? `throws ${outcome.text}` : `returns ${outcome.text}`;
}

/**
 * Shows a history as a table: a column for each thread, a row for each invocation and response.
 *
 * @param isOver - whether the execution came to its end: what is pending never returns
 */
export function historyTable({ operations, threads }: History, isOver: boolean): string[] {
  const rows: { at: number; thread: number; text: string }[] = [];
  for (const operation of operations) {
    const { thread, name, args, invoked, responded } = operation;
    rows.push({ at: invoked, thread, text: `→ ${showCall(name, args)}` });
    if (isOver || responded < Infinity)
      rows.push({ at: responded, thread, text: `← ${name} ${showOutcome(operation)}` });
  }
  rows.sort((a, b) => (a.at === b.at ? a.thread - b.thread : a.at - b.at));
  const columns = threads.map((name, thread) => ({ name, own: rows.filter((row) => row.thread === thread) }));
  const shown = columns.filter(({ own }) => own.length > 0);
  const widths = shown.map(({ name, own }) => Math.max(name.length, ...own.map(({ text }) => text.length)));
  const line = (number: string, texts: readonly string[]): string =>
    `${number.padStart(4)}  ${texts.map((text, i) => text.padEnd(widths[i]!)).join(' | ')}`.trimEnd();
  return [
    line(
      '#',
      shown.map(({ name }) => name),
    ),
    ...rows.map((row, i) =>
      line(
        row.at === Infinity ? '' : String(i + 1),
        shown.map(({ own }) => (own.includes(row) ? row.text : '')),
      ),
    ),
  ];
}
