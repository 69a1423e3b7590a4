import { describe, expect, it } from 'vitest';
import { blockOn, Executor, LocalExecutor, toPromise, yieldNow } from '../src/index.ts';
import { sleep } from '../src/time/index.ts';
import { Probe, turns } from './probe.ts';

describe('a local executor', () => {
  it('polls nothing by itself', async () => {
    const executor = new LocalExecutor();
    const probe = new Probe();
    executor.spawn(probe);
    await turns();
    expect(probe.polls).toBe(0);
    expect(executor.tryTick()).toBe(true);
    expect(probe.polls).toBe(1);
    expect(executor.tryTick()).toBe(false);
  });

  it('ticks: waits for a task to get ready, and polls it once', async () => {
    const executor = new LocalExecutor();
    const probe = new Probe<number>();
    const handle = executor.spawn(probe);
    await toPromise(executor.tick());
    expect(probe.polls).toBe(1);
    const ticked = toPromise(executor.tick());
    await turns();
    expect(probe.polls).toBe(1);
    probe.resolve(3);
    await ticked;
    expect(probe.polls).toBe(2);
    expect(handle.isFinished).toBe(true);
  });

  it('runs its tasks while it waits for a future, on another executor', async () => {
    const local = new LocalExecutor();
    const log: number[] = [];
    const result = new Executor().spawn(
      local.run(function* () {
        const other = local.spawn(function* () {
          for (let i = 0; i < 3; i++) {
            log.push(i);
            yield* sleep(1);
          }
          return 'other';
        });
        return yield* other;
      }),
    );
    expect(await result).toBe('other');
    expect(log).toEqual([0, 1, 2]);
  });

  it('runs its tasks in blockOn', () => {
    const local = new LocalExecutor();
    const value = blockOn(
      local.run(function* () {
        return yield* local.spawn(function* () {
          yield* yieldNow();
          return 5;
        });
      }),
    );
    expect(value).toBe(5);
  });

  it('lets others have their turn while its tasks never rest', async () => {
    const local = new LocalExecutor();
    const restless = local.spawn(function* () {
      for (;;) yield* yieldNow();
    });
    const executor = new Executor();
    const done = new Probe<string>();
    const result = executor.spawn(local.run(done));
    setTimeout(() => done.resolve('stopped'), 10);
    expect(await result).toBe('stopped');
    restless.abort();
    while (local.tryTick());
    expect(local.liveTasks).toBe(0);
  });

  it('drops the future that run was given', async () => {
    const probe = new Probe();
    const handle = new Executor().spawn(new LocalExecutor().run(probe));
    await turns();
    handle.abort();
    await expect(handle).rejects.toMatchObject({ isCancelled: true });
    expect(probe.drops).toBe(1);
  });
});

describe('a fixed arena', () => {
  it('has room for as many tasks as it was made for', () => {
    const executor = new LocalExecutor({ capacity: 2 });
    const first = executor.spawn(yieldNow());
    executor.spawn(yieldNow());
    expect(() => executor.spawn(yieldNow())).toThrow('the executor has 2 living tasks, which is its capacity');
    while (!first.isFinished) executor.tryTick();
    expect(executor.spawn(yieldNow()).isFinished).toBe(false);
  });

  it.each([0, -1, 1.5, Number.NaN, '3'])('refuses a capacity of %s', (capacity) => {
    expect(() => new Executor({ capacity: capacity as number })).toThrow('capacity must be an integer from 1');
  });
});

describe('shutdown', () => {
  it('drops every task, and refuses new ones', async () => {
    const executor = new Executor();
    const probes = Array.from({ length: 20 }, () => new Probe());
    const handles = probes.map((probe) => executor.spawn(probe));
    await turns();
    handles[3]!.abort();
    await turns();
    executor.shutdown();
    await turns();
    expect(probes.map(({ drops }) => drops)).toEqual(probes.map(() => 1));
    expect(executor.liveTasks).toBe(0);
    expect(() => executor.spawn(yieldNow())).toThrow('the executor was shut down');
    for (const handle of handles) await expect(handle).rejects.toMatchObject({ code: 'ERR_TASK_CANCELLED' });
  });

  it('may be asked for by a task, which is dropped like the others', async () => {
    const executor = new Executor();
    const log: string[] = [];
    const handle = executor.spawn(function* () {
      try {
        executor.shutdown();
        log.push('goes on to its next wait');
        yield* yieldNow();
        log.push('never');
      } finally {
        log.push('cleaned up');
      }
    });
    await expect(handle).rejects.toMatchObject({ isCancelled: true });
    expect(log).toEqual(['goes on to its next wait', 'cleaned up']);
  });

  it('is what using does at the end of a block', async () => {
    const probe = new Probe();
    {
      using executor = new Executor();
      executor.spawn(probe);
      await turns();
    }
    await turns();
    expect(probe.drops).toBe(1);
  });
});
