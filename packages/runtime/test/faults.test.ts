// What becomes of a task that goes wrong, of those beside it, and of the next one.

import { parkAsync } from '@concurrency-lab/atomics';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JoinHandle, type Runtime, type Task, WorkerLostError } from '../src/index.ts';
import { builder, errorOf } from './runtimes.ts';
import { add } from './tasks/arithmetic.mjs';
import * as faults from './tasks/faults.mjs';

/** Bun, and a browser, set no limit to the memory of a worker. */
const limitsMemory = globalThis.process !== undefined && process.versions['bun'] === undefined;

describe.each([1, 2])('with %s workers', (workers) => {
  let rt: Runtime;
  beforeEach(() => {
    rt = builder(workers).abortTimeout(20).unhandledPanic('ignore').build();
  });
  afterEach(() => rt.shutdown());

  /** Replaces no worker that is late with an abort, as it may be on a busy machine. */
  function buildPatient(): Runtime {
    return builder(workers).abortTimeout(Infinity).unhandledPanic('ignore').build();
  }

  /** The next tasks run, on every worker. */
  async function expectNext(on = rt): Promise<void> {
    const handles = Array.from({ length: 100 }, (_, i) => on.spawn(add, i, 1));
    expect(await Promise.all(handles)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(on.metrics().liveTasks).toBe(0);
  }

  /** Spawns a task that does not end by itself, and waits until it has begun. */
  async function begin(task: Task<[flag: Int32Array]>, on = rt): Promise<{ handle: JoinHandle<unknown> }> {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const handle = on.spawn(task, flag);
    await parkAsync(flag, 0, 0);
    expect(handle.isFinished).toBe(false);
    return { handle };
  }

  it('an error', async () => {
    const error = await errorOf(rt.spawn(faults.throwError, 'oh'));
    expect(error).toMatchObject({ name: 'JoinError', isPanic: true, isCancelled: false, taskName: 'throwError' });
    expect((error as Error).cause).toMatchObject({ message: 'oh' });
    await expectNext();
  });

  it('throws undefined', async () => {
    const error = await errorOf(rt.spawn(faults.throwUndefined));
    expect(error).toMatchObject({ name: 'JoinError', isPanic: true, cause: undefined });
    await expectNext();
  });

  it('throws what cannot be looked at', async () => {
    const error = await errorOf(rt.spawn(faults.throwHostile));
    expect(error).toMatchObject({ name: 'JoinError', isPanic: true, cause: { name: 'TypeError' } });
    expect((error as Error).message).toContain('which cannot be sent to another thread');
    await expectNext();
  });

  it('returns a function', async () => {
    const error = await errorOf(rt.spawn(faults.returnFunction));
    expect(error).toMatchObject({ name: 'JoinError', isPanic: true });
    await expectNext();
  });

  it('process.exit', async () => {
    const error = await errorOf(rt.spawn(faults.exit, 3));
    expect(error).toMatchObject({ name: 'JoinError', isPanic: true });
    expect((error as Error).cause).toBeInstanceOf(WorkerLostError);
    expect((error as Error).message).toContain('the worker that ran the task is gone: it exited with code 3');
    await expectNext();
  });

  it('process.exit in a task that a task waits for', async () => {
    // With one worker, the waiting task is lost too.
    const outcome = await rt.spawn(faults.spawnExit).then(
      (value) => value,
      (error: Error) => (error.cause as Error).name,
    );
    expect(outcome).toBe('WorkerLostError');
    await expectNext();
  });

  it('an error beside the task that nobody catches', async () => {
    const error = await errorOf(rt.spawn(faults.throwBesides));
    const { cause } = error as Error;
    expect(cause).toBeInstanceOf(WorkerLostError);
    expect((cause as Error).cause).toMatchObject({ name: 'TypeError', message: 'besides' });
    await expectNext();
  });

  it('an endless loop, aborted', async () => {
    const { handle } = await begin(faults.spin);
    handle.abort();
    expect(await errorOf(handle)).toMatchObject({ name: 'JoinError', isCancelled: true });
    await expectNext();
  });

  it('a task that waits where another one is aborted, and does not end', async () => {
    if (workers > 1) return; // they may be on two workers
    const { handle: beside } = await begin(faults.never);
    const { handle } = await begin(faults.spin);
    handle.abort();
    const { cause } = (await errorOf(beside)) as Error;
    expect(cause).toBeInstanceOf(WorkerLostError);
    expect((cause as Error).message).toContain('since an aborted task had not ended within 20 ms');
    await expectNext();
  });

  it('an endless loop that looks at its cancellation, aborted', async () => {
    await using patient = buildPatient();
    const worker = await patient.spawn(faults.thread);
    const { handle } = await begin(faults.spinUntilAborted, patient);
    handle.abort();
    expect(await errorOf(handle)).toMatchObject({ name: 'JoinError', isCancelled: true });
    if (workers === 1) await expect(patient.spawn(faults.thread)).resolves.toBe(worker);
    await expectNext(patient);
  });

  it('a promise that never resolves, aborted', async () => {
    const { handle } = await begin(faults.never);
    handle.abort();
    expect(await errorOf(handle)).toMatchObject({ name: 'JoinError', isCancelled: true });
    await expectNext();
  });

  it('a coroutine that never ends, aborted: its cleanup runs', async () => {
    await using patient = buildPatient();
    const { handle } = await begin(faults.neverCoroutine, patient);
    handle.abort();
    expect(await errorOf(handle)).toMatchObject({ name: 'JoinError', isCancelled: true });
    if (workers === 1) await expect(patient.spawn(faults.countCleanups)).resolves.toBe(1);
    await expectNext(patient);
  });

  it('an abort before the task has begun', async () => {
    const spins = [];
    for (let i = 0; i < workers; i++) spins.push(await begin(faults.spinUntilAborted)); // each occupies a worker
    const handle = rt.spawn(add, 1, 2);
    handle.abort();
    expect(handle.isFinished).toBe(true);
    expect(await errorOf(handle)).toMatchObject({ name: 'JoinError', isCancelled: true });
    for (const spin of spins) spin.handle.abort();
    await Promise.allSettled(spins.map((spin) => spin.handle));
    await expectNext();
  });

  it('an abort after the task has ended changes nothing', async () => {
    const handle = rt.spawn(add, 1, 2);
    await expect(handle).resolves.toBe(3);
    handle.abort();
    await expect(handle).resolves.toBe(3);
    await expectNext();
  });

  it.skipIf(!limitsMemory)('all memory taken', async () => {
    await using small = builder(workers)
      .unhandledPanic('ignore')
      .workerOptions({ execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 24 } })
      .build();
    const error = await errorOf(small.spawn(faults.allocateAll));
    expect((error as Error).cause).toBeInstanceOf(WorkerLostError);
    expect(((error as Error).cause as Error).cause).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
    await expect(small.spawn(add, 1, 2)).resolves.toBe(3);
  });

  it('what waits behind a task whose worker is lost runs all the same', async () => {
    const handles = [rt.spawn(add, 0, 0)];
    const lost = [];
    for (let i = 1; i < 400; i++) {
      if (i % 100 === 50) lost.push(rt.spawn(faults.exit, 1));
      handles.push(rt.spawn(add, i, 0));
    }
    expect(await Promise.all(handles)).toEqual(Array.from({ length: 400 }, (_, i) => i));
    const outcomes = await Promise.allSettled(lost);
    expect(outcomes.map(({ status }) => status)).toEqual(lost.map(() => 'rejected'));
    await expectNext();
  });
});
