export { InvalidModelError } from './errors.ts';
export type { FailureKind } from './engine/failure.ts';
export {
  type Exploration,
  explore,
  ModelError,
  type ModelFailure,
  type ModelOptions,
  type Statistics,
  verify,
} from './model.ts';
export { type ModelThread, spawn, type SpawnOptions } from './threads.ts';
