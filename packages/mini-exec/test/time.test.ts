import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { Executor } from '../src/index.ts';
import { sleep } from '../src/time/index.ts';
import { turns } from './probe.ts';

describe('sleep', () => {
  it('lets the task with the shorter sleep finish first', async () => {
    const executor = new Executor();
    const log: string[] = [];
    const timer = (name: string, milliseconds: number) =>
      executor.spawn(function* () {
        log.push(`${name} starts`);
        yield* sleep(milliseconds);
        log.push(`${name} done`);
      });
    await Promise.all([timer('1', 100), timer('2', 50)]);
    expect(log).toEqual(['1 starts', '2 starts', '2 done', '1 done']);
  });

  it('does not wake early', async () => {
    const begin = performance.now();
    await new Executor().spawn(sleep(30));
    expect(performance.now() - begin).toBeGreaterThanOrEqual(29);
  });

  it('begins at the first poll', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const future = sleep(60_000);
    expect(timers()).toBe(before);
    const executor = new Executor();
    const handle = executor.spawn(future);
    await turns();
    expect(timers()).toBe(before + 1);
    handle.abort();
    await expect(handle).rejects.toMatchObject({ isCancelled: true });
    expect(timers()).toBe(before);
  });

  it.each([-1, Number.NaN, Infinity, 2 ** 31, '5'])('refuses %s milliseconds', (milliseconds) => {
    expect(() => sleep(milliseconds as number)).toThrow(InvalidArgumentError);
    expect(() => sleep(milliseconds as number)).toThrow(
      'milliseconds must be a number of milliseconds from 0 to 2147483647',
    );
  });
});
