import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { InvalidArgumentError, type TimeoutError } from '@concurrency-lab/atomics';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { blockOn, Executor, parker } from '../src/index.ts';
import { interval, type MissedTicks, sleep, sleepUntil, timeout } from '../src/time/index.ts';
import { threadTimers } from '../src/time/timers.ts';
import { failing, Probe, turns } from './probe.ts';

/** What the sums and differences of times may lose, in milliseconds. */
const ROUNDING = 0.001;

describe('sleep', () => {
  afterEach(() => vi.restoreAllMocks());

  it('lets the task with the shorter sleep finish first', async () => {
    const executor = new Executor();
    const log: string[] = [];
    const timer = (name: string, milliseconds: number) =>
      executor.spawn(function* () {
        log.push(`${name} starts`);
        yield* sleep(milliseconds);
        log.push(`${name} done`);
      });
    await Promise.all([timer('1', 400), timer('2', 50)]);
    expect(log).toEqual(['1 starts', '2 starts', '2 done', '1 done']);
  });

  it('does not wake early', async () => {
    const begin = performance.now();
    await new Executor().spawn(sleep(30));
    expect(performance.now() - begin).toBeGreaterThanOrEqual(30 - ROUNDING);
  });

  it('never wakes early, whatever part of a millisecond it begins at', () => {
    for (let i = 0; i < 40; i++) {
      const begin = performance.now();
      while (performance.now() - begin < i / 40);
      const asleep = performance.now();
      blockOn(sleep(1.5));
      expect(performance.now() - asleep).toBeGreaterThanOrEqual(1.5 - ROUNDING);
    }
  });

  it('sleeps where blockOn blocks the thread', () => {
    const executor = new Executor();
    const log: string[] = [];
    const begin = performance.now();
    blockOn(function* () {
      const other = executor.spawn(function* () {
        yield* sleep(1);
        log.push('other');
      });
      yield* sleep(100);
      log.push('main');
      yield* other;
    }, executor);
    expect(log).toEqual(['other', 'main']);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(100 - ROUNDING);
  });

  it('asks the host for no time below zero, of which Node warns, when its thread is slow', async () => {
    await new Executor().spawn(sleep(1)); // after which no timer is left of what was before
    const set = vi.spyOn(globalThis, 'setTimeout');
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
    const executor = new Executor();
    await Promise.all([executor.spawn(sleep(1)), executor.spawn(sleep(2))]);
    expect(set).toHaveBeenCalled();
    for (const [, milliseconds] of set.mock.calls) expect(milliseconds).toBeGreaterThanOrEqual(0);
  });

  it('begins at the first poll, and takes one timer of the host, however many sleep', async () => {
    await new Executor().spawn(sleep(1)); // after which no timer is left of what was before
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    /** Counts those of this thread's timers that are set, and keep the process alive. */
    const timers = (): number =>
      set.mock.results
        .map(({ value }) => value as NodeJS.Timeout)
        .filter((timer) => timer.hasRef() && !cleared.mock.calls.some(([gone]) => gone === timer)).length;
    const future = sleep(60_000);
    expect(timers()).toBe(0);
    const executor = new Executor();
    const handles = [executor.spawn(future), executor.spawn(sleep(70_000)), executor.spawn(sleep(50_000))];
    await turns();
    expect(timers()).toBe(1);
    expect(threadTimers().size).toBe(3);
    for (const handle of handles) {
      handle.abort();
      await expect(handle).rejects.toMatchObject({ isCancelled: true });
    }
    expect(timers()).toBe(0);
    expect(threadTimers().size).toBe(0);
  });

  it('keeps the process alive while somebody sleeps, and no longer', async () => {
    const url = (path: string): string => JSON.stringify(new URL(`../dist/${path}`, import.meta.url).href);
    const program = `
      import { Executor } from ${url('index.js')};
      import { sleep } from ${url('time/index.js')};
      const executor = new Executor();
      const long = executor.spawn(sleep(600_000));
      long.then(undefined, () => {});
      executor.spawn(function* () { yield* sleep(20); console.log('slept'); long.abort(); });`;
    const args = ['--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 110_000 });
    expect(stdout).toBe('slept\n');
  });

  it.each([-1, Number.NaN, Infinity, 2 ** 31, '5'])('refuses %s milliseconds', (milliseconds) => {
    expect(() => sleep(milliseconds as number)).toThrow(InvalidArgumentError);
    expect(() => sleep(milliseconds as number)).toThrow(
      'milliseconds must be a number of milliseconds from 0 to 2147483647',
    );
  });
});

describe('sleepUntil', () => {
  it('is ready at once for a time that has passed', () => {
    const begin = performance.now();
    blockOn(sleepUntil(begin - 1000));
    expect(threadTimers().size).toBe(0);
  });

  it.each([Number.NaN, Infinity])('refuses %s', (time) => {
    expect(() => sleepUntil(time)).toThrow(InvalidArgumentError);
  });
});

describe('interval', () => {
  afterEach(() => vi.restoreAllMocks());

  /** Never goes back, as the thread's timers require of a clock. */
  let clock = 0;

  /** Ticks four times with a period of 10 ms, and is late by 25 ms after the second, by that clock. */
  function ticks(missed?: MissedTicks): number[] {
    clock = Math.max(clock, Math.ceil(performance.now()));
    const begin = clock;
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
    const sleeping = parker({
      isAwaited: false,
      sleep(milliseconds) {
        clock += milliseconds;
      },
    });
    const seen: number[] = [];
    const timer = interval(10, missed === undefined ? {} : { missed });
    function* ticking() {
      for (let i = 0; i < 5; i++) {
        seen.push((yield* timer.tick()) - begin);
        if (i === 1) clock += 25;
      }
    }
    blockOn(ticking, new Executor(), sleeping);
    return seen;
  }

  it('makes up for missed ticks, unless it is told otherwise', () => {
    expect(ticks()).toEqual([0, 10, 20, 30, 40]);
    expect(ticks('burst')).toEqual([0, 10, 20, 30, 40]);
  });

  it('leaves missed ticks out', () => {
    expect(ticks('skip')).toEqual([0, 10, 20, 40, 50]);
  });

  it('counts on from a late tick', () => {
    expect(ticks('delay')).toEqual([0, 10, 20, 45, 55]);
  });

  it('ticks by the clock of the host', () => {
    const timer = interval(5);
    const begin = performance.now();
    blockOn(function* () {
      for (let i = 0; i < 4; i++) yield* timer.tick();
    });
    expect(performance.now() - begin).toBeGreaterThanOrEqual(15 - ROUNDING);
  });

  it.each([0, -5, Number.NaN, Infinity])('refuses a period of %s', (period) => {
    expect(() => interval(period)).toThrow('period must be a number of milliseconds');
  });

  it('refuses a behaviour that is none', () => {
    expect(() => interval(5, { missed: 'later' as 'skip' })).toThrow('missed must be "burst", "delay" or "skip"');
  });
});

describe('timeout', () => {
  it('gives the value that comes in time, and takes its timer back', async () => {
    const probe = new Probe<string>();
    const handle = new Executor().spawn(timeout(60_000, probe));
    await turns();
    expect(threadTimers().size).toBe(1);
    probe.resolve('in time');
    expect(await handle).toBe('in time');
    expect(threadTimers().size).toBe(0);
  });

  it('drops what comes too late, with its cleanup, before it throws', () => {
    const log: string[] = [];
    function* slow() {
      try {
        yield* sleep(60_000);
      } finally {
        log.push('cleaned up');
      }
    }
    expect(() =>
      blockOn(function* () {
        try {
          yield* timeout(5, slow);
        } catch (error) {
          log.push((error as TimeoutError).code);
          throw error;
        }
      }),
    ).toThrow('a future was given up after its timeout of 5 ms');
    expect(log).toEqual(['cleaned up', 'ERR_TIMEOUT']);
    expect(threadTimers().size).toBe(0);
  });

  it('throws what the future throws, and takes its timer back', () => {
    expect(() => blockOn(timeout(1000, failing('bad')))).toThrow('bad');
    expect(threadTimers().size).toBe(0);
  });

  it('gives up both when it is dropped', async () => {
    const probe = new Probe();
    const handle = new Executor().spawn(timeout(60_000, probe));
    await turns();
    handle.abort();
    await expect(handle).rejects.toMatchObject({ isCancelled: true });
    expect(probe.drops).toBe(1);
    expect(threadTimers().size).toBe(0);
  });
});
