import { expect, it } from 'vitest';
import { Backoff } from '../src/index.ts';

it('advises to park after seven rounds, and spins on if it is asked to', () => {
  const backoff = new Backoff();
  let rounds = 0;
  while (!backoff.isCompleted) {
    backoff.spin();
    rounds++;
  }
  expect(rounds).toBe(7);
  backoff.spin();
  expect(backoff.isCompleted).toBe(true);
});

it('starts again after a reset', () => {
  const backoff = new Backoff();
  for (let i = 0; i < 9; i++) backoff.spin();
  backoff.reset();
  expect(backoff.isCompleted).toBe(false);
  let rounds = 0;
  for (; !backoff.isCompleted; rounds++) backoff.spin();
  expect(rounds).toBe(7);
});

it('spins longer in each round', () => {
  const median = (round: number): number => {
    const times = Array.from({ length: 101 }, () => {
      const backoff = new Backoff();
      for (let i = 0; i < round; i++) backoff.spin();
      const begin = process.hrtime.bigint();
      backoff.spin();
      return Number(process.hrtime.bigint() - begin);
    });
    return times.toSorted((a, b) => a - b)[50]!;
  };
  // Times are a matter of chance: on a busy machine they may mislead, but not again and again.
  let ratio = 0;
  for (let tries = 0; tries < 20 && ratio <= 4; tries++) ratio = median(6) / median(2);
  expect(ratio).toBeGreaterThan(4);
});
