import { Refine, Stop } from '../engine/failure.ts';

/** Tells whether the engine threw this to end the execution. */
export function isStop(error: unknown): boolean {
  return error instanceof Stop || error instanceof Refine;
}

/** Throws again what the engine threw to end the execution: no code of the model may catch it. */
export function rethrowStop(error: unknown): void {
  if (isStop(error)) throw error as Error;
}
