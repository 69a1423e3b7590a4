// What the threads of a certificate share: a control block that says whose turn it is, and
// the plan that all of them were given.

import type { FailureKind } from '../engine/failure.ts';

/** The number of steps that are done: the step at that index of the plan is next. */
export const POSITION = 0;
/** How many workers have found the function that they stand for. */
export const CAPTURED = 1;
/** How many buffers the model has allocated, and threads it has spawned: both number them. */
export const ALLOCATED = 2;
export const SPAWNED = 3;
/** Operations done after the end of the plan, by threads that spin. */
export const SPINS = 4;
/** The states of the threads begin here. */
export const STATES = 8;
/** Where a thread is told to start begins here. */
export const STARTS = 24;
export const CONTROL_WORDS = 40;

/** The states of a thread. */
export const NOT_STARTED = 0;
export const RUNNING = 1;
export const AWAITS_TURN = 2;
export const SLEEPING = 3;
export const JOINING = 4;
export const ENDED = 5;
export const THREW = 6;
export const SPINNING = 7;

/** The bytes that a thread's result may take, serialised. */
export const RESULT_BYTES: number = 1 << 16;

/** One step that the model took, and the real threads are to take. */
export interface PlannedStep {
  readonly thread: number;
  /** The kind of the operation: `load`, `wait`, `wakes up`, `joins` … */
  readonly kind: string;
  readonly text: string;
  readonly result: unknown;
}

/** What the model did. */
export interface Plan {
  readonly steps: readonly PlannedStep[];
  readonly threads: readonly string[];
  /** The sizes of the buffers, in the order of their allocation. */
  readonly buffers: readonly number[];
  readonly failure: { readonly kind: FailureKind; readonly message: string; readonly thread: number } | undefined;
  /** How each thread stood at the end, in the words of {@link stateName}. */
  readonly ends: readonly string[];
}

/** Which model, and how to load it. */
export interface Loading {
  readonly module: string;
  /** The module and what it imports, bundled and instrumented. */
  readonly code: string;
  readonly model: string;
  readonly schedule: string;
  readonly timeouts: 'stuck' | 'any';
}

/** What a worker is given; without a plan, it makes one. */
export interface Task {
  readonly loading: Loading;
  readonly run?: {
    readonly plan: Plan;
    readonly thread: number;
    readonly control: Int32Array<SharedArrayBuffer>;
    readonly buffers: readonly SharedArrayBuffer[];
    readonly results: readonly SharedArrayBuffer[];
    /** How long a thread is given to fall asleep: no function of the engine tells whether it does. */
    readonly patience: number;
  };
}

/** What a worker tells. */
export type Report =
  | { readonly type: 'plan'; readonly plan: Plan }
  | { readonly type: 'invalid'; readonly message: string }
  | { readonly type: 'threw'; readonly thread: number; readonly message: string }
  | { readonly type: 'differs'; readonly message: string };

/** Names a state, as the checker names where a thread stands. */
export function stateName(state: number): string {
  return ['not started', 'runs', 'ready', 'sleeps', 'joins', 'ended', 'threw', 'spins'][state]!;
}
