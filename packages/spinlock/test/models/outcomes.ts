// What the tests of models share.

import { type ModelOptions, verify } from '@concurrency-lab/model-checker';

/** Proves a model: every interleaving passes. Returns what they returned, sorted. */
export function outcomes(model: () => unknown, options: ModelOptions = {}): unknown[] {
  const seen = new Set<unknown>();
  const { isExhaustive, truncated } = verify(() => void seen.add(model()), { ...PATIENT, ...options });
  if (!isExhaustive || truncated > 0) throw new Error('not every interleaving was explored');
  return [...seen].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}

/** Time for a loaded machine. */
export const PATIENT: ModelOptions = { maxSeconds: 600 };

const executions = Number(process.env['MODEL_EXECUTIONS'] ?? 3000);

/** The bound of models that have too many interleavings; MODEL_EXECUTIONS asks for more of them. */
export const BOUNDED: ModelOptions = {
  timeouts: 'any',
  maxSeconds: Math.max(600, executions / 50),
  maxExecutions: executions,
  randomExecutions: Math.ceil(executions / 3),
};
