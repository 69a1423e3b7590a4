// Tasks for which something has to be fetched first, from a file or from another thread.

import { setEnvironmentData } from 'node:worker_threads';
import { parkAsync } from '@concurrency-lab/atomics';
import { expect, it } from 'vitest';
import { builder, errorOf } from './runtimes.ts';
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
