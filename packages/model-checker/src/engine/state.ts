// The state of the execution that is running, and the tree of choices around it. One object,
// because a checker explores one execution at a time and touches all of this at every step.

import { Stop, type Failure, type FailureKind } from './failure.ts';
import { Memory } from './memory.ts';
import type { ActiveMutant } from './mutation.ts';
import type { Observations } from './observations.ts';
import { Thread, MAX_THREADS } from './thread.ts';

/** How many steps an execution may have; beyond, it is taken for one that does not end. */
export const MAX_STEPS: number = 1 << 14;

/** Why an execution ended early. */
export type Abort = 'none' | 'blocked' | 'cut' | 'steps';

/** One row of a trace. */
export interface TraceStep {
  readonly thread: number;
  readonly kind: string;
  /** The location, as a name or a view and an index. */
  readonly place: string;
  readonly text: string;
  readonly site: number;
  /** The step's index, or -1 for a plain access. */
  readonly step: number;
  readonly isPlain: boolean;
  /** What the operation returned, or the plain access read or wrote. */
  readonly value?: unknown;
  /** The row of the write that a read saw. */
  readonly readsFrom?: number | undefined;
  /** The row of the notify that woke the thread. */
  readonly wokenBy?: number | undefined;
  /** The thread that is spawned or joined. */
  readonly target?: number | undefined;
  /** The thread that ran before, and why it did not go on. */
  readonly interrupted?: Interruption | undefined;
}

/** Why another thread runs. */
export interface Interruption {
  readonly thread: number;
  readonly reason: string;
}

/** What an exploration may be told. */
export interface Limits {
  /** How many steps an execution may have. */
  readonly maxSteps: number;
  /** A finite timeout may fire at any point, not only when nothing else can happen. */
  readonly timeouts: 'stuck' | 'any';
  /** Ends a loop that goes on without shared memory. */
  readonly maxRounds: number;
}

/** Chooses the next thread, outside of the systematic exploration. */
export type Picker = (enabled: number, last: number, node: number) => number;

class State {
  readonly memory: Memory = new Memory();
  readonly threads: Thread[] = [];
  readonly pool: Thread[] = Array.from({ length: MAX_THREADS }, (_, id) => new Thread(id));
  /** The thread that runs; undefined outside of an execution. */
  current: Thread | undefined;
  /** Above 0 where the code that runs cannot be suspended. */
  unsuspendable = 0;
  /** True while a new thread runs to its first step. */
  isStarting = false;
  limits: Limits = { maxSteps: 2000, timeouts: 'stuck', maxRounds: 100_000 };
  failure: Failure | undefined;
  /** A failure that counts only once racy reads have turned out to be possible. */
  postponed: Failure | undefined;
  abort: Abort = 'none';
  /** The thread to run next, or -1. */
  next = -1;
  /** Virtual milliseconds. */
  now = 0;
  random = 1;

  // The steps of the execution.
  depth = 0;
  readonly stepThread: Int32Array = new Int32Array(MAX_STEPS);
  /** The step's number within its thread, from 1. */
  readonly stepIndex: Int32Array = new Int32Array(MAX_STEPS);
  readonly stepKind: Int32Array = new Int32Array(MAX_STEPS);
  readonly stepKey: Int32Array = new Int32Array(MAX_STEPS);
  readonly stepCells: Int32Array = new Int32Array(MAX_STEPS);
  readonly stepWrites: Uint8Array = new Uint8Array(MAX_STEPS);
  readonly stepList: Uint8Array = new Uint8Array(MAX_STEPS);
  readonly stepNode: Int32Array = new Int32Array(MAX_STEPS);
  /** The dependency clocks of the steps, one after the other. */
  readonly stepClock: Int32Array = new Int32Array(MAX_STEPS * MAX_THREADS);
  /** What a write overwrote, as its own view reads it. */
  readonly stepBefore: (number | bigint | undefined)[] = [];
  readonly stepView: (object | undefined)[] = [];
  /** The spin that a step belongs to. */
  readonly stepAwaiting: (Thread['awaiting'] | undefined)[] = [];

  // Pairs of steps that could have come the other way round.
  readonly raceFirst: number[] = [];
  readonly raceSecond: number[] = [];

  // The tree of choices: the path to the current state.
  nodes = 0;
  /** How many nodes are replayed from the execution before. */
  prefix = 0;
  readonly nodeChosen: Int32Array = new Int32Array(MAX_STEPS);
  /** Threads, as bits, to be explored from the node. */
  readonly nodeBacktrack: Int32Array = new Int32Array(MAX_STEPS);
  readonly nodeSleep: Int32Array = new Int32Array(MAX_STEPS);
  readonly nodeEnabled: Int32Array = new Int32Array(MAX_STEPS);
  /** Threads that were found to do nothing but spin from the node, as bits. */
  readonly nodeBlocked: Int32Array = new Int32Array(MAX_STEPS);
  /** What the chosen thread was about to do: a replay must find the same. */
  readonly nodeSite: Int32Array = new Int32Array(MAX_STEPS);
  readonly nodeKind: Int32Array = new Int32Array(MAX_STEPS);
  /** The values a racy read may return, where the node is such a read. */
  readonly nodeValues: (RacyChoice[] | undefined)[] = [];
  /** The node at which a replayed choice turned out to be a spin, or -1. */
  redirect = -1;
  /** Threads whose steps need not be explored from here, as bits. */
  sleep = 0;
  picker: Picker | undefined;
  /** The node of the spin that was just taken back, or -1. */
  redone = -1;
  /** What racy reads are to return in a replay, by node. */
  plannedValues: readonly number[] | undefined;
  usesReduction = true;

  /** The mutant that runs, if one does, and the accesses of a model by site, where they are collected. */
  mutant: ActiveMutant | undefined;
  accesses: Map<number, number> | undefined;

  /** Which sites access memory and synchronise, where that is asked for. */
  observations: Observations | undefined;

  /** Looks at an execution that came to its end, with its failure if it has one; says what its failure is. */
  judge: ((failure: Failure | undefined) => Failure | undefined) | undefined;

  /** The rows of the trace, where one is wanted. */
  trace: TraceStep[] | undefined;
  readonly names: Map<string, string> = new Map();
}

/** A value that a racy read may return. */
export interface RacyChoice {
  /** The bytes, as an unsigned number. */
  readonly bits: number | bigint;
  /** True where the write comes later in this execution. */
  readonly isLater: boolean;
  /** True where an atomic read sees the newest atomic write, and happens after it. */
  readonly synchronises: boolean;
}

/** The state of the checker. */
export const x: State = new State();

/** Ends the execution with a failure. */
export function fail(kind: FailureKind, message: string, details: Partial<Failure> = {}): never {
  x.failure ??= { kind, message, thread: x.current?.id ?? -1, site: x.current?.site ?? -1, ...details };
  throw new Stop();
}
