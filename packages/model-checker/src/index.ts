export { InvalidModelError } from './errors.ts';
export type { FailureKind } from './engine/failure.ts';
export type { Mutation } from './engine/mutation.ts';
export {
  type Exploration,
  explore,
  ModelError,
  type ModelFailure,
  type ModelOptions,
  type Observed,
  type Statistics,
  verify,
} from './model.ts';
export type { ModelRecord, RecordedEdge, RecordedModel, RecordedMutant, RecordedSite } from './record/record.ts';
export type { SynchronisedSites } from './report/observations.ts';
export { type Equivalent, mutate, type MutateOptions, type Mutant, type MutationReport } from './mutants/mutants.ts';
export type { SourceSite } from './runtime/sites.ts';
export { hold, type Hold, label, racy, watch, type WatchOptions } from './memory-api.ts';
export { replay, type Replay, type ReplayOptions, trace } from './replaying.ts';
export { formatHtml } from './report/html.ts';
export type { ModelTrace, TraceEdge, TracePlace, TraceRow, TraceStanding } from './report/trace.ts';
export { type ModelThread, spawn, type SpawnOptions } from './threads.ts';
