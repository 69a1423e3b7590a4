import { describe, expect, it } from 'vitest';
import { decide, judge, type Verdict } from '../src/gate.mjs';

describe('judge', () => {
  it.each([
    [1.06, 1.1, 'regression'],
    [1.05, 1.1, 'inconclusive'], // the limit itself is allowed
    [0.99, 1.4, 'inconclusive'],
    [0.9, 0.95, 'improvement'],
    [0.9, 0.96, 'inconclusive'],
    [0.2, 5, 'inconclusive'],
  ])('%d to %d is %s', (low, high, verdict) => {
    expect(judge({ low, high }, 1.05)).toBe(verdict);
  });
});

describe('decide', () => {
  const [r, i, n]: Verdict[] = ['regression', 'improvement', 'inconclusive'];
  it.each<[Verdict[], Verdict | undefined]>([
    [[], undefined],
    [[r!], undefined],
    [[n!], undefined],
    [[r!, r!], 'regression'],
    [[r!, n!], undefined],
    [[n!, n!], 'inconclusive'],
    [[i!, i!], 'improvement'],
    [[r!, i!], undefined],
    [[r!, n!, r!], 'regression'],
    [[r!, i!, n!], 'inconclusive'],
    [[i!, n!, i!], 'improvement'],
    [[n!, r!, n!], 'inconclusive'],
  ])('%j of three: %s', (verdicts, decided) => {
    expect(decide(verdicts)).toBe(decided);
  });

  it('needs a majority of however many there are', () => {
    expect(decide(['regression'], 1)).toBe('regression');
    expect(decide(['regression', 'regression'], 5)).toBeUndefined();
    expect(decide(['regression', 'regression', 'inconclusive', 'regression'], 5)).toBe('regression');
  });
});
