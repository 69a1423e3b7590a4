// The models of the comparison with other checkers: each is explored to the end, once for each
// of its executions that differ.

import { explore } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/anchors.ts';
import { LoadThenStoreLock } from './subjects/spinlock.ts';

// The number of Mazurkiewicz traces under sequential consistency, a spin loop taken for one step.
const SPIN_FREE = [
  ['fetch_add 2x2', models.fetchAdd(2, 2), 6],
  ['fetch_add 3x2', models.fetchAdd(3, 2), 90],
  ['spin_try 2x2', models.spinTry(2, 2), 26],
  ['spin_try 3x2', models.spinTry(3, 2), 1263],
  ['ring_try', models.ringTry, 44],
  ['oneshot_close', models.oneshotClose, 3],
] as const;
const SPINNING = [
  ['spin_cas 2x1', models.spinCas(2, 1), 2],
  ['spin_cas 2x2', models.spinCas(2, 2), 6],
  ['spin_cas 3x1', models.spinCas(3, 1), 6],
  ['ring_spin', models.ringSpin, 9],
  ['ring_cached', models.ringCached, 5],
  ['oneshot_spin', models.oneshotSpin, 1],
] as const;

describe('without spins', () => {
  it.each(SPIN_FREE)('%s: as many executions as there are different ones', (_, model, optimum) => {
    const { failure, executions, cut, repeated, isExhaustive } = explore(model);
    expect(failure).toBeUndefined();
    expect({ executions, cut, repeated, isExhaustive }).toEqual({
      executions: optimum,
      cut: 0,
      repeated: 0,
      isExhaustive: true,
    });
  });
});

describe('with spins', () => {
  it.each(SPINNING)('%s: as many complete executions as there are different ones', (_, model, optimum) => {
    const { failure, executions, isExhaustive } = explore(model);
    expect(failure).toBeUndefined();
    expect({ executions, isExhaustive }).toEqual({ executions: optimum, isExhaustive: true });
  });
});

it('finds the lock that loads and then stores', () => {
  expect(explore(models.spinCas(2, 1, LoadThenStoreLock)).failure?.kind).toBe('data-race');
});
