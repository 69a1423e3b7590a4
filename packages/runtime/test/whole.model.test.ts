// The shipped workers and the shipped spawner, in as many interleavings as there is time for: there
// are far too many of so many steps. What they are made of is explored whole in the other tests.

import { verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as whole from './models/whole.ts';

const executions = Number(process.env['MODEL_EXECUTIONS'] ?? 80);
const PATIENCE = 3600;
const BOUNDS = { maxExecutions: executions, randomExecutions: executions, maxSeconds: PATIENCE };
const { workerVanishes, ...others } = whole;

describe('some interleavings', { timeout: PATIENCE * 1000 }, () => {
  it.each(Object.entries(others))('%s', (_, model) => {
    expect(verify(model, { ...BOUNDS, maxPreemptions: 0 }).preemptionBound).toBe(0);
  });

  it('workerVanishes', () => {
    const seen = new Set<string>();
    // With one preemption, it is terminated before each of its steps.
    const { preemptionBound } = verify(() => void seen.add(workerVanishes()), { ...BOUNDS, maxPreemptions: 1 });
    expect(preemptionBound).toBe(1);
    expect([...seen].toSorted()).toEqual(['10,lost', '10,there', 'lost,there']);
  });
});
