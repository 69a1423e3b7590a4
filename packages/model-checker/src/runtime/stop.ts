import { Refine, Stop } from '../engine/failure.ts';

/** Throws again what the engine threw to end the execution: no code of the model may catch it. */
export function rethrowStop(error: unknown): void {
  if (error instanceof Stop || error instanceof Refine) throw error;
}
