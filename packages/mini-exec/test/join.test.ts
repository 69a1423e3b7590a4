// Waiting for several futures: all of them, the first, tasks of a set.

import { describe, expect, it } from 'vitest';
import { blockOn, coroutine, Executor, JoinError, JoinSet, join, race, select, yieldNow } from '../src/index.ts';
import { sleep } from '../src/time/index.ts';
import { failing, Probe, Ready, turns } from './probe.ts';

describe('join', () => {
  it('gives all values, in the order given, whatever the order of finishing', async () => {
    const slow = new Probe<string>();
    const quick = new Probe<number>();
    const handle = new Executor().spawn(join(slow, quick));
    await turns();
    quick.resolve(2);
    await turns();
    expect(handle.isFinished).toBe(false);
    slow.resolve('one');
    expect(await handle).toEqual(['one', 2]);
  });

  it('does not poll again what has finished', async () => {
    const first = new Probe<number>();
    const second = new Probe<number>();
    const handle = new Executor().spawn(join(first, second));
    await turns();
    first.resolve(1);
    await turns();
    const { polls } = first;
    second.resolve(2);
    await handle;
    expect(first.polls).toBe(polls);
  });

  it('drops the others when one throws', () => {
    const other = new Probe();
    expect(() => blockOn(join(other, failing('one')))).toThrow('one');
    expect(other.drops).toBe(1);
  });

  it('of nothing is an empty list', () => {
    expect(blockOn(join())).toEqual([]);
  });

  it('drops those that are left when it is dropped', async () => {
    const done = new Probe();
    const left = new Probe();
    const handle = new Executor().spawn(join(done, left));
    await turns();
    done.resolve();
    await turns();
    handle.abort();
    await expect(handle).rejects.toMatchObject({ isCancelled: true });
    expect([done.drops, left.drops]).toEqual([0, 1]);
  });
});

describe('select', () => {
  it('gives the name and the value of the first, and drops the others with their cleanup', async () => {
    const log: string[] = [];
    function* loser() {
      try {
        yield* sleep(60_000);
      } finally {
        log.push('cleaned up');
      }
    }
    const winner = new Probe<number>();
    const handle = new Executor().spawn(select({ loser, winner }));
    await turns();
    winner.resolve(7);
    expect(await handle).toEqual({ branch: 'winner', value: 7 });
    expect(log).toEqual(['cleaned up']);
    expect(winner.drops).toBe(0);
  });

  it('prefers the branch named first when several are ready', () => {
    const ready = new Ready(() => 1);
    expect(blockOn(select({ second: ready, first: ready }))).toEqual({ branch: 'second', value: 1 });
  });

  it('throws what the first to come to something throws', () => {
    const other = new Probe();
    expect(() => blockOn(select({ other, bad: failing('bad') }))).toThrow('bad');
    expect(other.drops).toBe(1);
  });

  it('drops all losers, even if the cleanup of one throws', () => {
    const last = new Probe();
    const winner = new Probe<string>();
    winner.resolve('won');
    function* rude() {
      try {
        yield* new Probe();
      } finally {
        // oxlint-disable-next-line no-unsafe-finally -- a cleanup that fails
        throw new Error('rude');
      }
    }
    expect(() => blockOn(race(coroutine(rude), winner, last))).toThrow('rude');
    expect(last.drops).toBe(1);
  });
});

describe('race', () => {
  it('gives the value of the first', () => {
    expect(blockOn(race(sleep(1000), coroutine(failingLater), yieldNow()))).toBeUndefined();
  });

  function* failingLater() {
    yield* sleep(1000);
    throw new Error('too late');
  }
});

describe('a join set', () => {
  it('joins tasks in the order they finish, and errors as values', async () => {
    const executor = new Executor();
    const probes = [new Probe<string>(), new Probe<string>(), new Probe<string>()] as const;
    const seen = executor.spawn(function* () {
      const tasks = new JoinSet<string>(executor);
      for (const probe of probes) tasks.spawn(probe);
      const order: unknown[] = [];
      for (let next = yield* tasks.joinNext(); next !== null; next = yield* tasks.joinNext()) {
        order.push(next.error === undefined ? next.value : next.error.message);
      }
      return [order, tasks.size];
    });
    await turns();
    probes[1].resolve('second');
    await turns();
    probes[2].reject(new Error('third'));
    await turns();
    probes[0].resolve('first');
    expect(await seen).toEqual([['second', 'the task panicked: third', 'first'], 0]);
  });

  it('aborts the rest when one throws in joinAll', async () => {
    const executor = new Executor({ unhandledPanic: 'ignore' });
    const other = new Probe<number>();
    const handle = executor.spawn(function* () {
      const tasks = new JoinSet<number>(executor);
      tasks.spawn(other);
      tasks.spawn(failing('bad'));
      return yield* tasks.joinAll();
    });
    await expect(handle).rejects.toMatchObject({ cause: { message: 'the task panicked: bad' } });
    await turns();
    expect(other.drops).toBe(1);
    expect(executor.liveTasks).toBe(0);
  });

  it('gives all values in joinAll', () => {
    const executor = new Executor();
    const values = blockOn(function* () {
      const tasks = new JoinSet<number>(executor);
      for (const n of [30, 10, 20]) {
        tasks.spawn(function* () {
          for (let turn = 0; turn < n; turn++) yield* yieldNow();
          return n;
        });
      }
      return yield* tasks.joinAll();
    }, executor);
    expect(values).toEqual([10, 20, 30]);
  });

  it('aborts its tasks when it is disposed of', async () => {
    const executor = new Executor();
    const probe = new Probe();
    {
      using tasks = new JoinSet(executor);
      tasks.spawn(probe);
      await turns();
      expect(tasks.size).toBe(1);
    }
    await turns();
    expect(probe.drops).toBe(1);
    expect(executor.liveTasks).toBe(0);
  });

  it('counts as a joiner: a panic in it is nobody else’s business', async () => {
    const executor = new Executor();
    const tasks = new JoinSet(executor);
    tasks.spawn(failing('quiet'));
    await turns(5);
    const joined = await executor.spawn(tasks.joinNext());
    expect(joined?.error).toBeInstanceOf(JoinError);
  });
});
