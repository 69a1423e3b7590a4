// What can be wrong with a program. A failure ends the execution that shows it; the schedule
// of that execution shows it again.

/** Names a kind of failure. */
export type FailureKind =
  | 'data-race'
  | 'error'
  | 'deadlock'
  | 'lost-wake-up'
  | 'livelock'
  | 'non-termination'
  | 'out-of-bounds'
  | 'uninitialised-read'
  | 'leak'
  | 'nondeterminism'
  | 'not-linearizable'
  | 'unsupported';

/** A failure, as it was found. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  /** The thread that failed; -1 where all of them did. */
  readonly thread: number;
  /** Where: an index of the site table, or -1. */
  readonly site: number;
  /** The other party of a race: its thread and site. */
  readonly other?: { readonly thread: number; readonly site: number } | undefined;
  /** What a thread threw. */
  readonly error?: unknown;
}

/** Says what was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`;
}

/** What a nondeterminism comes to. */
export const LED_ELSEWHERE: string =
  'the same schedule led elsewhere: the test depends on something besides its threads, ' +
  'such as a clock, random numbers, or state that one execution leaves to the next';

/** Unwinds the execution that failed, or that need not go on. */
export class Stop extends Error {
  override readonly name = 'Stop';
}

/** Asks for the exploration to begin again, with finer cells of memory. */
export class Refine extends Error {
  override readonly name = 'Refine';
}
