// Tasks for which something has to be fetched first, from a file or from another thread.

import { setEnvironmentData } from 'node:worker_threads';
import { parkAsync } from '@concurrency-lab/atomics';
import { expect, it } from 'vitest';
import { builder, errorOf } from './runtimes.ts';
import { meet } from './tasks/blocking.mjs';
import { GATE, shared } from './tasks/fetched.mjs';

it('are aborted while their module loads; others run when it has loaded, and their results are fetched', async () => {
  const gate = new Int32Array(new SharedArrayBuffer(8));
  setEnvironmentData(GATE, gate);
  const rt = builder(1).unhandledPanic('ignore').build();
  const aborted = rt.spawn(shared, 1);
  const handle = rt.spawn(shared, 2);
  await parkAsync(gate, 0, 0);
  aborted.abort();
  expect(await errorOf(aborted)).toMatchObject({ name: 'JoinError', isCancelled: true });
  expect(handle.isFinished).toBe(false);
  Atomics.store(gate, 1, 1);
  Atomics.notify(gate, 1);
  expect(await handle).toEqual(new Int32Array([2]));
  expect((await handle).buffer).toBeInstanceOf(SharedArrayBuffer);
  await expect.poll(() => rt.metrics().liveTasks).toBe(0);
  await rt.shutdown();
});

it('begin on another worker where the first one blocks, however late their arguments come', async () => {
  const rt = builder(2).build();
  const [held, words] = [0, 1].map(() => new Int32Array(new SharedArrayBuffer(8))) as [Int32Array, Int32Array];
  await Promise.all([0, 1].map(() => rt.spawn(meet, held, 2))); // both workers are there, and know the module
  Atomics.store(held, 0, 0);
  const holding = rt.spawn(meet, held, 2);
  await expect.poll(() => Atomics.load(held, 0)).toBe(1);
  const both = [rt.spawn(meet, words, 2), rt.spawn(meet, words, 2)];
  // The worker that is free claims the first, waits a while for its arguments, and looks for others.
  Atomics.wait(held, 1, 0, 200);
  Atomics.store(held, 0, 2);
  Atomics.notify(held, 0);
  expect(await holding).toBe(1);
  expect(new Set(await Promise.all(both))).toEqual(new Set([1, 2]));
  await rt.shutdown();
});
