// What a test file leaves behind: `<folder>/<test file>.json`.

import type { EdgeKind } from '../engine/observations.ts';
import type { FailureKind } from '../engine/failure.ts';
import type { Mutation } from '../engine/mutation.ts';

/** Is the record of a test file. */
export interface ModelRecord {
  /** The version of Node that ran it. */
  readonly node: string;
  /** What was explored, in the order of the tests. */
  readonly models: readonly RecordedModel[];
  readonly mutants: readonly RecordedMutant[];
  /** The lines that accessed shared memory in models that passed, each once; what is generated shows none. */
  readonly accesses: readonly RecordedSite[];
  /** The edges of those models, each once. */
  readonly edges: readonly RecordedEdge[];
}

/** Is a place in the source: its path from the folder where vitest ran, and the text of its line. */
export interface RecordedSite {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Is an exploration. */
export interface RecordedModel {
  /** The full name of the test. */
  readonly test: string;
  /** A function, or a scenario that `checkLinearizable` generated. */
  readonly kind: 'model' | 'scenario';
  /** The function's name. */
  readonly model: string;
  readonly executions: number;
  readonly isExhaustive: boolean;
  readonly preemptionBound: number;
  /** What failed, in a test that expects it to. */
  readonly failure: FailureKind | undefined;
}

/** Is an access made weaker, and what became of it. */
export interface RecordedMutant {
  readonly test: string;
  readonly site: RecordedSite;
  readonly mutation: Mutation;
  readonly status: 'killed' | 'survived' | 'equivalent';
  readonly killedBy: string | undefined;
  readonly failure: FailureKind | undefined;
}

/** Is an edge of happens-before: `from` was read by `to`, or woke it. */
export interface RecordedEdge {
  readonly from: RecordedSite;
  readonly to: RecordedSite;
  readonly kind: EdgeKind;
}
