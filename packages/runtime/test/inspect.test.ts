// What a runtime tells of itself while it runs: its metrics, and what the console shows.

import { parkAsync } from '@concurrency-lab/atomics';
import { connectConsole, serveConsole } from '@concurrency-lab/mini-exec/console';
import { describe, expect, it } from 'vitest';
import { builder } from './runtimes.ts';
import { add, fib, mark } from './tasks/arithmetic.mjs';
import { never, spinUntilAborted } from './tasks/faults.mjs';

const PATIENT = { timeout: 100_000 };

/** A worker that has had to wait long for the argument of its task listens, and runs the task when that has come. */
const BUSY = expect.stringMatching(/^(running|listening)$/) as string;

describe('metrics', () => {
  it('count what each worker has begun, and come to rest when it does', async () => {
    await using rt = builder(2).build();
    await rt.spawn(fib, 10);
    await Promise.all(Array.from({ length: 500 }, (_, i) => rt.spawn(add, i, i)));
    const spawned = 177 + 500; // fib(10) is so many calls
    const polls = (): number => rt.metrics().workers.reduce((sum, worker) => sum + worker.polls, 0);
    await expect.poll(polls, PATIENT).toBeGreaterThanOrEqual(spawned); // a task whose module was loaded first counts twice
    await expect.poll(() => rt.metrics().workers.map(({ state }) => state), PATIENT).toEqual(['parked', 'parked']);
    const { workers: _, ...rest } = rt.metrics();
    expect(rest).toEqual({
      blocking: { threads: 0, idleThreads: 0, queueDepth: 0 },
      injectionQueueDepth: 0,
      liveTasks: 0,
      waitingTasks: 0,
    });
    const counted = (): unknown[] =>
      rt.metrics().workers.map(({ parks, busyTime, queueDepth, liveTasks, overflows }) => ({
        isThere: parks > 0 && busyTime > 0,
        rest: queueDepth + liveTasks + overflows,
      }));
    await expect.poll(counted, PATIENT).toEqual(Array.from({ length: 2 }, () => ({ isThere: true, rest: 0 })));
  });

  it('show what waits behind a task that does not end, and what has no room', async () => {
    await using rt = builder(1).maxTasks(32).build();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const spinning = rt.spawn(spinUntilAborted, flag);
    await parkAsync(flag, 0, 0);
    const words = new Int32Array(new SharedArrayBuffer(400));
    const handles = Array.from({ length: 40 }, (_, i) => rt.spawn(mark, words, i));
    const { workers, ...rest } = rt.metrics();
    expect(workers).toMatchObject([{ state: BUSY, parks: expect.any(Number) as number }]);
    expect(rest).toMatchObject({ injectionQueueDepth: 31, liveTasks: 41, waitingTasks: 9 });
    spinning.abort();
    await Promise.all([spinning.then(undefined, () => {}), ...handles]);
    await expect.poll(() => rt.metrics(), PATIENT).toMatchObject({ injectionQueueDepth: 0, liveTasks: 0 });
  });
});

describe('the console', () => {
  it('shows workers, and tasks by state, name, worker and age, until the runtime is shut down', async () => {
    using server = await serveConsole({ port: 0 });
    using client = await connectConsole(server.address, { timeout: 100_000 });
    const rt = builder(1).name('subject').build();
    const [first, second] = [1, 2].map(() => new Int32Array(new SharedArrayBuffer(4))) as [Int32Array, Int32Array];
    const waiting = rt.spawn(never, first);
    await parkAsync(first as Int32Array<SharedArrayBuffer>, 0, 0);
    const spinning = rt.spawn(spinUntilAborted, second);
    await parkAsync(second as Int32Array<SharedArrayBuffer>, 0, 0);
    const queued = rt.spawn(add, 1, 2);
    const look = async () => (await client.snapshot()).runtimes!.find(({ name }) => name === 'subject');
    const shown = (await look())!;
    expect(shown).toMatchObject({ states: { running: 2, queued: 1 }, injectionQueueDepth: 1, omitted: 0 });
    expect(shown.workers).toMatchObject([{ state: BUSY }]);
    expect(shown.tasks.map(({ name, state, worker, id }) => [name, state, worker, id])).toEqual([
      ['never', 'running', '1', waiting.id],
      ['spinUntilAborted', 'running', '1', spinning.id],
      ['add', 'queued', undefined, queued.id],
    ]);
    const later = (await look())!;
    for (const [i, { age }] of shown.tasks.entries()) expect(later.tasks[i]!.age).toBeGreaterThan(age);
    spinning.abort();
    waiting.abort();
    await Promise.allSettled([spinning, waiting, queued]);
    await expect.poll(async () => (await look())!.states, PATIENT).toEqual({});
    await rt.shutdown();
    expect(await look()).toBe(undefined);
  });
});
