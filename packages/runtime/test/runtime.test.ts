// What a runtime does when nothing goes wrong.

import { InvalidArgumentError, parkAsync } from '@concurrency-lab/atomics';
import { coroutine, toPromise } from '@concurrency-lab/mini-exec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRuntimeWorker, NoRuntimeError, Runtime, RuntimeShutdownError, spawn, task } from '../src/index.ts';
import { serve } from '../src/worker/index.ts';
import { builder, errorOf } from './runtimes.ts';
import { add, addLater, fib, fibOfCoroutines, mark, valueOf } from './tasks/arithmetic.mjs';
import { spinUntilAborted } from './tasks/faults.mjs';
import { fibOfMachines } from './tasks/machines.mjs';

const threads = globalThis.process?.getBuiltinModule('node:worker_threads'); // a page has none
const unknown = task(import.meta, 'unknown', () => 1);

describe('tasks', () => {
  let rt: Runtime;
  beforeAll(() => {
    rt = builder().build();
  });
  afterAll(() => rt.shutdown());

  it('run on a worker and come to a value', async () => {
    await expect(rt.spawn(add, 20, 22)).resolves.toBe(42);
  });

  it('may be async', async () => {
    await expect(rt.spawn(addLater, 20, 22)).resolves.toBe(42);
  });

  it('each come to their own value, in any number', async () => {
    const handles = Array.from({ length: 5000 }, (_, i) => rt.spawn(add, i, 1_000_000));
    expect(handles.map(({ isFinished }) => isFinished)).not.toContain(true);
    const values = await Promise.all(handles);
    expect(values).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1_000_000));
    expect(handles.map(({ isFinished }) => isFinished)).not.toContain(false);
    expect(rt.metrics().liveTasks).toBe(0);
  });

  it('wait for tasks that they spawn', async () => {
    await expect(rt.spawn(fib, 12)).resolves.toBe(144);
  });

  it('wait for tasks that they spawn, in coroutines', async () => {
    await expect(rt.spawn(fibOfCoroutines, 12)).resolves.toBe(144);
  });

  it('are joined in coroutines', async () => {
    const sum = coroutine(function* () {
      const first = rt.spawn(add, 1, 2);
      return (yield* first) + (yield* rt.spawn(addLater, 3, 4));
    });
    await expect(toPromise(sum)).resolves.toBe(10);
  });

  it('are numbered and named', async () => {
    const [first, second] = [rt.spawn(add, 1, 1), rt.spawn(addLater, 1, 1)];
    await Promise.all([first, second]);
    expect([first.name, second.name, second.id - first.id]).toEqual(['add', 'addLater', 1]);
  });

  it('run even if nobody joins them', async () => {
    const words = new Int32Array(new SharedArrayBuffer(4 * 100));
    for (let i = 0; i < 100; i++) rt.spawn(mark, words, i);
    await expect.poll(() => rt.metrics().liveTasks).toBe(0);
    expect([...words]).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  it('that a worker cannot find fail, and say why', async () => {
    const error = await errorOf(rt.spawn(unknown));
    expect(error).toMatchObject({ name: 'JoinError', isPanic: true });
    expect((error as Error).message).toMatch(/runtime\.test\.[jt]s/);
  });

  it('are refused where they are no tasks', () => {
    expect(() => rt.spawn((() => 1) as never)).toThrow(InvalidArgumentError);
  });

  it('are refused where their arguments cannot be sent', () => {
    expect(() => rt.spawn(add, (() => 1) as never, 1)).toThrow(InvalidArgumentError);
    expect(rt.metrics().liveTasks).toBe(0);
  });

  it('cannot be spawned by the function outside of a worker', () => {
    expect(() => spawn(add, 1, 2)).toThrow(NoRuntimeError);
  });
});

describe('a runtime', () => {
  it('with few slots keeps further tasks until there is room', async () => {
    await using rt = builder().maxTasks(32).build();
    const handles = Array.from({ length: 1000 }, (_, i) => rt.spawn(add, i, 1));
    expect(rt.metrics().liveTasks).toBe(1000);
    expect(await Promise.all(handles)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });

  it('with few slots fails a task whose arguments cannot be sent any more when there is room', async () => {
    await using rt = builder(1).maxTasks(32).build();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const spinning = rt.spawn(spinUntilAborted, flag);
    await parkAsync(flag, 0, 0);
    const before = Array.from({ length: 31 }, (_, i) => rt.spawn(add, i, 1));
    const argument: { value: unknown } = { value: 1 };
    const failing = rt.spawn(valueOf, argument);
    const after = rt.spawn(add, 20, 22);
    expect(rt.metrics().waitingTasks).toBe(2);
    argument.value = () => 1;
    spinning.abort();
    expect(await errorOf(failing)).toMatchObject({ name: 'JoinError', isPanic: true });
    await expect(failing).rejects.toMatchObject({ cause: expect.any(InvalidArgumentError) as unknown });
    expect(await after).toBe(42);
    expect(await Promise.all(before)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
    expect(await errorOf(spinning)).toMatchObject({ isCancelled: true });
    expect(rt.metrics().liveTasks).toBe(0);
  });

  it('with few slots fails a machine that has to spawn, and says how many there are', async () => {
    await using rt = builder().maxTasks(32).build(); // which are all with this thread
    const error = await errorOf(rt.spawn(fibOfMachines, 5));
    expect(error).toMatchObject({ isPanic: true, cause: { name: 'NoFreeSlotError', code: 'ERR_NO_FREE_SLOT' } });
    expect((error as Error).cause).toHaveProperty('message', expect.stringContaining('room for 32'));
    await expect(rt.spawn(fibOfMachines, 1)).resolves.toBe(1);
  });

  it('with few slots runs what tasks spawn', async () => {
    await using rt = builder().maxTasks(32).build();
    await expect(rt.spawn(fib, 14)).resolves.toBe(377);
  });

  it('with one worker runs everything', async () => {
    await using rt = builder(1).build();
    await expect(rt.spawn(fib, 12)).resolves.toBe(144);
  });

  it('takes nothing after its shutdown, and cancels what has not begun', async () => {
    const rt = builder(1).build();
    const handles = Array.from({ length: 100 }, () => rt.spawn(addLater, 1, 1));
    const closed = rt.shutdown();
    expect(() => rt.spawn(add, 1, 2)).toThrow(RuntimeShutdownError);
    const outcomes = await Promise.allSettled(handles);
    await closed;
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ isCancelled: true });
    }
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    await rt.shutdown();
  });

  it.each([-1, Number.NaN, '5'])('is not shut down within %s', async (timeout) => {
    await using rt = builder(1).build();
    await expect(rt.shutdownTimeout(timeout as number)).rejects.toThrow(`timeout must be`);
    await expect(rt.spawn(add, 1, 2)).resolves.toBe(3);
  });

  it.each([
    ['workerThreads', () => Runtime.builder().workerThreads(0)],
    ['workerThreads', () => Runtime.builder().workerThreads(257)],
    ['maxTasks', () => Runtime.builder().maxTasks(31)],
    ['name', () => Runtime.builder().name(1 as never)],
    ['abortTimeout', () => Runtime.builder().abortTimeout(NaN)],
    ['abortTimeout', () => Runtime.builder().abortTimeout(undefined as never)],
    ['threadKeepAlive', () => Runtime.builder().threadKeepAlive(-1)],
    ['workerOptions', () => Runtime.builder().workerOptions(null as never)],
    ['spinTime', () => Runtime.builder().spinTime(NaN)],
    ['spinTime', () => Runtime.builder().spinTime(101)],
    ['unhandledPanic', () => Runtime.builder().unhandledPanic('exit' as never)],
  ])('refuses a wrong %s', (name, build) => {
    expect(build).toThrow(InvalidArgumentError);
    expect(build).toThrow(new RegExp(name));
  });

  it.skipIf(threads === undefined || !threads.isMainThread)(
    'is served by workers alone, and not by the thread that built it',
    () => {
      expect(() => serve()).toThrow('serve() is for the entry of the workers that a runtime starts');
      expect(isRuntimeWorker()).toBe(false);
    },
  );

  it('has workers that spin before they block, and find tasks and the end then', async () => {
    await using rt = builder().spinTime(100).build();
    for (let i = 0; i < 20; i++) await expect(rt.spawn(fib, i % 5)).resolves.toBe([0, 1, 1, 2, 3][i % 5]);
  });

  it('has as many workers as there are processors', async () => {
    await using rt = Runtime.builder().workerOptions({ execArgv: [] }).build();
    const { navigator } = globalThis as { navigator?: { hardwareConcurrency: number } }; // of a page; Node 20 has none
    expect(rt.workerThreads).toBe(navigator?.hardwareConcurrency ?? (await import('node:os')).availableParallelism());
  });
});
