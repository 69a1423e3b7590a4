import { blockOn, type Coroutine, Executor, fromPromise, yieldNow } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';
import { expect, it } from 'vitest';

it('runs tasks, promises and timers on the main thread', async () => {
  const executor = new Executor();
  const log: string[] = [];
  function* timer(name: string, milliseconds: number): Coroutine<void> {
    log.push(`${name} starts`);
    yield* sleep(milliseconds);
    log.push(`${name} done`);
  }
  await executor.spawn(function* () {
    const first = executor.spawn(timer('one', 100));
    const second = executor.spawn(timer('two', 50));
    yield* fromPromise(Promise.resolve());
    yield* first;
    yield* second;
  });
  expect(log).toEqual(['one starts', 'two starts', 'two done', 'one done']);
  expect(executor.liveTasks).toBe(0);
});

it('runs a future to its value without the event loop', () => {
  expect(
    blockOn(function* () {
      yield* yieldNow();
      return 42;
    }),
  ).toBe(42);
});

it('leaves timers and rendering their turn while a task keeps waking itself', async () => {
  const executor = new Executor();
  let stop = false;
  let polls = 0;
  const busy = executor.spawn(function* () {
    for (; !stop; polls++) yield* yieldNow();
  });
  while (polls <= 1024) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  expect(polls).toBeGreaterThan(1024);
  stop = true;
  await busy;
});
